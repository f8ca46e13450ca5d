import CZlib
import Foundation

/// Reads the members of a zip archive, as `numpy.savez` and `savez_compressed` write it: stored or deflated. It never writes a file.
final class ZipReader {
    private struct Member {
        let method: Int
        let packed: Int
        let size: Int
        let checksum: UInt32
        let offset: Int
    }

    private let descriptor: Int32
    private let path: String
    private let length: Int
    private var members: [String: Member] = [:]

    /// The members' names, sorted.
    var names: [String] { members.keys.sorted() }

    /// The most bytes of a member.
    private static let memberLimit = 1 << 36

    /// - Throws: ``DatasetError``
    init(path: String) throws {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            length = 0
            throw DatasetError.unreadable(file: path, code: errno)
        }
        length = Int(lseek(descriptor, 0, SEEK_END))
        try readDirectory()
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    private func wrong(_ detail: String) -> DatasetError {
        .ownData(file: path, fault: .wrongFormat(format: "zip", detail: detail))
    }

    private func bytes(_ offset: Int, _ count: Int) throws -> [UInt8] {
        guard offset >= 0, count >= 0, offset <= length, count <= length - offset else { throw wrong("it is truncated") }
        var read = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            while read < count {
                let part = pread(descriptor, buffer.baseAddress! + read, count - read, off_t(offset + read))
                if part < 0, errno == EINTR { continue }
                if part <= 0 { break }
                read += part
            }
            initialized = read
        }
        guard read == count else { throw DatasetError.unreadable(file: path, code: EIO) }
        return bytes
    }

    private static func number(_ bytes: [UInt8], _ place: Int, _ count: Int) -> Int {
        bytes[place..<place + count].reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    private func readDirectory() throws {
        let tail = try bytes(max(0, length - 65_557), min(length, 65_557))
        let signature: [UInt8] = [0x50, 0x4B, 5, 6]
        guard tail.count >= 22,
            let end = stride(from: tail.count - 22, through: 0, by: -1).first(where: {
                tail[$0..<$0 + 4].elementsEqual(signature)
            })
        else { throw wrong("it has no directory at its end") }
        let (size, start) = (Self.number(tail, end + 12, 4), Self.number(tail, end + 16, 4))
        guard size <= 1 << 20 else { throw wrong("its directory is too large") }
        let directory = try bytes(start, size)
        var place = 0
        while place < directory.count {
            guard directory.count - place >= 46, directory[place..<place + 4].elementsEqual([0x50, 0x4B, 1, 2]) else {
                throw wrong("its directory is damaged")
            }
            let number = { Self.number(directory, place + $0, $1) }
            let (nameLength, extra, comment) = (number(28, 2), number(30, 2), number(32, 2))
            guard directory.count - place >= 46 + nameLength + extra + comment else { throw wrong("its directory is damaged") }
            let name = String(decoding: directory[place + 46..<place + 46 + nameLength], as: UTF8.self)
            let wide = Self.wideSizes(Array(directory[place + 46 + nameLength..<place + 46 + nameLength + extra]), number)
            members[name] = Member(
                method: number(10, 2), packed: wide.packed, size: wide.size, checksum: UInt32(number(16, 4)), offset: wide.offset)
            place += 46 + nameLength + extra + comment
        }
    }

    /// Sizes and offset, which stand in the extra field where they do not fit 32 bits (APPNOTE 6.3, §4.5.3).
    private static func wideSizes(_ extra: [UInt8], _ number: (Int, Int) -> Int) -> (size: Int, packed: Int, offset: Int) {
        var values = [number(24, 4), number(20, 4), number(42, 4)]
        var place = 0
        while place + 4 <= extra.count {
            let (id, length) = (Self.number(extra, place, 2), Self.number(extra, place + 2, 2))
            if id == 1 {
                var at = place + 4
                for index in values.indices where values[index] == 0xFFFF_FFFF && at + 8 <= min(extra.count, place + 4 + length) {
                    // Numbers beyond 2⁶² are refused as too large.
                    values[index] = Self.number(extra, at, 8) & Int.max
                    at += 8
                }
            }
            place += 4 + length
        }
        return (values[0], values[1], values[2])
    }

    /// The content of a member.
    /// - Throws: ``DatasetError``
    func content(of name: String) throws -> [UInt8] {
        guard let member = members[name] else { throw wrong("it has no \(name)") }
        guard member.size <= Self.memberLimit, member.packed <= Self.memberLimit else { throw wrong("\(name) is too large") }
        let header = try bytes(member.offset, 30)
        guard header[..<4].elementsEqual([0x50, 0x4B, 3, 4]) else { throw wrong("\(name) is not where the directory says") }
        let start = member.offset + 30 + Self.number(header, 26, 2) + Self.number(header, 28, 2)
        let packed = try bytes(start, member.packed)
        let content: [UInt8]
        switch member.method {
        case 0: content = packed
        case 8:
            guard let inflated = Inflation.bytes(of: packed, expected: member.size, windowBits: -15) else {
                throw wrong("\(name) cannot be decompressed")
            }
            content = inflated
        default: throw wrong("\(name) is compressed with method \(member.method)")
        }
        let sum = content.withUnsafeBufferPointer { crc32_z(0, $0.baseAddress, $0.count) }
        guard content.count == member.size, UInt32(sum) == member.checksum else { throw wrong("\(name) is damaged") }
        return content
    }
}

/// Decompression of a whole zlib or deflate stream in memory.
enum Inflation {
    /// The decompressed bytes; nil if they are not exactly `expected`, or the stream is damaged. Memory grows with what is
    /// decompressed, not with what is expected.
    /// - Parameter windowBits: as zlib's `inflateInit2` takes it: 15 for a zlib stream, −15 for deflate alone.
    static func bytes(of packed: [UInt8], expected: Int, windowBits: Int32) -> [UInt8]? {
        var stream = z_stream()
        guard inflateInit2_(&stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return nil }
        defer { inflateEnd(&stream) }
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        var place = 0
        return packed.withUnsafeBufferPointer { input -> [UInt8]? in
            while true {
                if stream.avail_in == 0, place < input.count {
                    let count = min(input.count - place, 1 << 30)
                    guard let base = input.baseAddress else { return nil }
                    stream.next_in = UnsafeMutablePointer(mutating: base + place)
                    stream.avail_in = UInt32(count)
                    place += count
                }
                let (status, made) = chunk.withUnsafeMutableBufferPointer { room in
                    stream.next_out = room.baseAddress
                    stream.avail_out = UInt32(room.count)
                    let status = inflate(&stream, Z_NO_FLUSH)
                    return (status, room.count - Int(stream.avail_out))
                }
                guard output.count + made <= expected else { return nil }
                output += chunk[..<made]
                switch status {
                case Z_STREAM_END: return output.count == expected ? output : nil
                // Where the input is used up, zlib may still hold output for which there was no room.
                case Z_OK: continue
                case Z_BUF_ERROR where stream.avail_in == 0 && place < input.count: continue
                default: return nil
                }
            }
        }
    }
}
