import Crypto
import Foundation
import Specs
import Tensors

/// A checkpoint on disk: a safetensors file, complete or absent.
public struct CheckpointFile: Sendable, Equatable {
    /// The file's name in its folder.
    public let name: String
    public let bytes: Int
    /// Lower-case hexadecimal.
    public let sha256: String

    public enum Failure: Error, CustomStringConvertible {
        case cannotWrite(path: String, errno: Int32)
        case cannotRead(path: String, errno: Int32)
        case damaged(path: String, expected: String, found: String)

        public var description: String {
            switch self {
            case .cannotWrite(let path, let errno): "cannot write \(path): \(String(cString: strerror(errno)))"
            case .cannotRead(let path, let errno): "cannot read \(path): \(String(cString: strerror(errno)))"
            case .damaged(let path, let expected, let found):
                "\(path) is damaged: its SHA-256 is \(found.prefix(12))…, \(expected.prefix(12))… was written"
            }
        }
    }

    /// Writes a checkpoint durably: to a temporary file in the same folder, which is synced and renamed; then the folder is synced.
    ///
    /// The contents are streamed and digested piece by piece, without a copy in memory. An existing file is never replaced: where
    /// `url` is taken, the new file is called NAME-2, NAME-3 and so on. `name` of the result says which.
    public static func write(_ contents: CheckpointContents, to url: URL) throws -> CheckpointFile {
        try write(to: url) { output in try contents.forEachPiece { try output.append($0) } }
    }

    private static func write(to url: URL, _ contents: (inout DigestedOutput) throws -> Void) throws -> CheckpointFile {
        let folder = url.deletingLastPathComponent()
        for folder in [folder.deletingLastPathComponent(), folder] {
            guard mkdir(folder.path, 0o777) == 0 || errno == EEXIST else {
                throw Failure.cannotWrite(path: folder.path, errno: errno)
            }
        }
        let temporary = folder.appending(path: ".\(url.lastPathComponent).\(getpid()).tmp")
        let written: (bytes: Int, sha256: String), name: String
        do {
            written = try writeSynced(contents, temporary.path)
            name = try takeName(for: temporary, url)
        } catch {
            unlink(temporary.path)
            throw error
        }
        try sync(folder: folder.path)
        // A file is durable only when its folder's own entry is.
        try sync(folder: folder.deletingLastPathComponent().path)
        return CheckpointFile(name: name, bytes: written.bytes, sha256: written.sha256)
    }

    /// Renames the file to `url`, or to the first of its numbered names that is free. Returns the name.
    private static func takeName(for temporary: URL, _ url: URL) throws -> String {
        for number in 1... {
            let target = number == 1 ? url : url.numbered(number)
            if ExclusiveRename.rename(temporary.path, to: target.path) { return target.lastPathComponent }
            guard errno == EEXIST else { throw Failure.cannotWrite(path: target.path, errno: errno) }
        }
        preconditionFailure("there is no last number")
    }

    /// Reads a checkpoint, and refuses one whose bytes are not those that were written.
    ///
    /// The digest is computed by streaming the file. Tensors are then loaded from a private mapping, so that the file is never
    /// held in memory as a whole.
    public static func read(_ url: URL, sha256 expected: String) throws -> Safetensors {
        let file = try open(readable: url)
        defer { close(file) }
        let (bytes, found) = try digest(of: file, url.path)
        guard found == expected else { throw Failure.damaged(path: url.path, expected: expected, found: found) }
        return try Safetensors(try map(file, bytes, url.path))
    }

    /// Copies a checkpoint durably, as `write` writes one, and refuses a source whose bytes are not those of the digest or that is no
    /// safetensors file.
    public static func copy(_ source: URL, sha256: String, to url: URL) throws -> CheckpointFile {
        _ = try read(source, sha256: sha256)
        let file = try open(readable: source)
        defer { close(file) }
        let copied = try write(to: url) { output in
            try forEachPiece(of: file, source.path) { try output.append($0) }
        }
        // The source may have changed since it was read.
        guard copied.sha256 == sha256 else {
            unlink(url.deletingLastPathComponent().appending(path: copied.name).path)
            throw Failure.damaged(path: source.path, expected: sha256, found: copied.sha256)
        }
        return copied
    }

    /// A regular file, open for reading.
    private static func open(readable url: URL) throws -> Int32 {
        // Without O_NONBLOCK, opening a pipe would wait for a writer.
        let file = Foundation.open(url.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw Failure.cannotRead(path: url.path, errno: errno) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(file)
            throw Failure.cannotRead(path: url.path, errno: EINVAL)
        }
        return file
    }

    private static func digest(of file: Int32, _ path: String) throws -> (bytes: Int, sha256: String) {
        var digest = SHA256(), total = 0
        try forEachPiece(of: file, path) { piece in
            digest.update(bufferPointer: piece)
            total += piece.count
        }
        return (total, digest.finalize().hexadecimal)
    }

    /// Calls `body` with the bytes of an open file, a mebibyte at a time.
    private static func forEachPiece(of file: Int32, _ path: String, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
        defer { buffer.deallocate() }
        while true {
            let count = Foundation.read(file, buffer.baseAddress!, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Failure.cannotRead(path: path, errno: errno) }
            if count == 0 { return }
            try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    private static func map(_ file: Int32, _ bytes: Int, _ path: String) throws -> Data {
        if bytes == 0 { return Data() }
        guard let memory = mmap(nil, bytes, PROT_READ, MAP_PRIVATE, file, 0), memory != MAP_FAILED else {
            throw Failure.cannotRead(path: path, errno: errno)
        }
        return Data(bytesNoCopy: memory, count: bytes, deallocator: .unmap)
    }

    /// Whether an error of `read`, or of loading what it read, means that this file can never be used again.
    public static func isDamaged(_ error: any Error) -> Bool {
        if error is Safetensors.Failure { return true }
        switch error as? Failure {
        case .damaged, .cannotRead(_, ENOENT): return true
        case .cannotRead, .cannotWrite, nil: return false
        }
    }

    private static func writeSynced(
        _ contents: (inout DigestedOutput) throws -> Void, _ path: String
    ) throws -> (bytes: Int, sha256: String) {
        let file = Foundation.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard file >= 0 else { throw Failure.cannotWrite(path: path, errno: errno) }
        defer { close(file) }
        var output = DigestedOutput(file, path)
        try contents(&output)
        let written = try output.finish()
        guard fsync(file) == 0 else { throw Failure.cannotWrite(path: path, errno: errno) }
        return written
    }

    private static func sync(folder: String) throws {
        let file = Foundation.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard file >= 0 else { throw Failure.cannotWrite(path: folder, errno: errno) }
        defer { close(file) }
        guard fsync(file) == 0 else { throw Failure.cannotWrite(path: folder, errno: errno) }
    }
}

/// Writes to a file descriptor and digests what it writes. Small pieces are collected in a buffer; large ones are not copied.
private struct DigestedOutput {
    private let file: Int32
    private let path: String
    private var digest = SHA256()
    private var buffer = Data()
    private var bytes = 0

    private static let bufferSize = 1 << 18

    init(_ file: Int32, _ path: String) { (self.file, self.path) = (file, path) }

    mutating func append(_ piece: UnsafeRawBufferPointer) throws {
        digest.update(bufferPointer: piece)
        bytes += piece.count
        if buffer.count + piece.count > Self.bufferSize { try flush() }
        if piece.count > Self.bufferSize { try write(piece) } else { buffer.append(contentsOf: piece) }
    }

    mutating func finish() throws -> (bytes: Int, sha256: String) {
        try flush()
        return (bytes, digest.finalize().hexadecimal)
    }

    private mutating func flush() throws {
        try buffer.withUnsafeBytes(write)
        buffer.removeAll(keepingCapacity: true)
    }

    private func write(_ bytes: UnsafeRawBufferPointer) throws {
        var written = 0
        while written < bytes.count {
            let count = Foundation.write(file, bytes.baseAddress! + written, bytes.count - written)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw CheckpointFile.Failure.cannotWrite(path: path, errno: errno) }
            written += count
        }
    }
}

extension URL {
    /// e4-b0-a1.safetensors → e4-b0-a1-2.safetensors
    fileprivate func numbered(_ number: Int) -> URL {
        let name = deletingPathExtension().lastPathComponent + "-\(number)"
        return deletingLastPathComponent().appending(path: pathExtension.isEmpty ? name : name + ".\(pathExtension)")
    }
}
