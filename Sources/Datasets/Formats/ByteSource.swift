import Foundation

/// A sequential source of bytes: a file, a decompressed gzip stream, a member of an archive.
protocol ByteSource: AnyObject {
    /// Reads at least one byte into the buffer; returns 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}

extension ByteSource {
    /// Fills the buffer, or less if the source ends.
    func readFully(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        var filled = 0
        while filled < buffer.count {
            let count = try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
            if count == 0 { break }
            filled += count
        }
        return filled
    }

    /// Calls `body` with the rest of the source, in chunks of up to 256 KiB.
    /// - Returns: the number of bytes.
    @discardableResult
    func forEachChunk(_ body: (UnsafeRawBufferPointer) throws -> Void) throws -> Int {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
        defer { buffer.deallocate() }
        var total = 0
        while true {
            let count = try read(into: buffer)
            if count == 0 { return total }
            try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            total += count
        }
    }

    /// The rest of the source, which must be exactly `expected` bytes.
    /// - Throws: ``DatasetError/wrongLength(file:expected:found:)`` under the name `file`.
    func bytes(expected: Int, of file: String) throws -> [UInt8] {
        let bytes = try [UInt8](unsafeUninitializedCapacity: expected) { buffer, initialized in
            initialized = try readFully(into: UnsafeMutableRawBufferPointer(buffer))
        }
        let excess = try forEachChunk { _ in }
        guard bytes.count == expected, excess == 0 else {
            throw DatasetError.wrongLength(file: file, expected: expected, found: bytes.count + excess)
        }
        return bytes
    }
}

/// A file on disk. It is read, not mapped: if a mapped file shrinks, accessing it kills the process.
final class FileSource: ByteSource {
    private let descriptor: Int32
    private let path: String

    /// - Throws: ``DatasetError/unreadable(file:code:)``
    init(path: String) throws {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw DatasetError.unreadable(file: path, code: errno) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            let count = Foundation.read(descriptor, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            if errno != EINTR { throw DatasetError.unreadable(file: path, code: errno) }
        }
    }
}

/// Bytes in memory.
final class BytesSource: ByteSource {
    private let bytes: [UInt8]
    private var place = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, bytes.count - place)
        bytes.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[place..<place + count])) }
        place += count
        return count
    }
}

/// A source whose first bytes have been looked at.
final class PeekedSource: ByteSource {
    /// Up to 8 bytes.
    let first: [UInt8]
    private let start: BytesSource
    private let rest: any ByteSource

    init(_ source: any ByteSource) throws {
        var bytes = [UInt8](repeating: 0, count: 8)
        let count = try bytes.withUnsafeMutableBytes { try source.readFully(into: $0) }
        first = Array(bytes[..<count])
        (start, rest) = (BytesSource(first), source)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = start.read(into: buffer)
        return count > 0 ? count : try rest.read(into: buffer)
    }
}

extension ByteSource {
    /// The rest of the source, up to `limit` bytes; nil if there are more.
    func bytes(upTo limit: Int) throws -> [UInt8]? {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
        defer { buffer.deallocate() }
        var bytes: [UInt8] = []
        while true {
            let count = try read(into: buffer)
            if count == 0 { return bytes }
            // The rest is not read: it may have no end.
            if bytes.count + count > limit { return nil }
            bytes += UnsafeRawBufferPointer(rebasing: buffer[..<count])
        }
    }
}
