import CZlib

/// The decompressed content of a gzip file. zlib checks the length and CRC-32 of each member.
final class GzipSource: ByteSource {
    private let file: FileSource
    private let name: String
    // zlib keeps the address of the stream, which therefore must not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    private var hasEnded = false

    /// - Throws: ``DatasetError/unreadable(file:code:)``
    init(path: String) throws {
        name = path
        file = try FileSource(path: path)
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // 15: the largest window; + 16: gzip headers only.
        let status = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "zlib cannot be set up: \(status)")
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
        input.deallocate()
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard buffer.count > 0 else { return 0 }
        stream.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
        let room = UInt32(clamping: buffer.count)
        stream.pointee.avail_out = room
        while !hasEnded, stream.pointee.avail_out == room {
            if try !refill() { throw DatasetError.truncatedGzip(file: name) }
            let status = inflate(stream, Z_NO_FLUSH)
            switch status {
            case Z_OK, Z_BUF_ERROR: continue
            case Z_STREAM_END: try startNextMember()
            default: throw DatasetError.corruptGzip(file: name, detail: detail(status))
            }
        }
        return Int(room - stream.pointee.avail_out)
    }

    /// - Returns: false at the end of the file.
    private func refill() throws -> Bool {
        if stream.pointee.avail_in > 0 { return true }
        let count = try file.read(into: input)
        stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_in = UInt32(count)
        return count > 0
    }

    /// A gzip file may contain several members in sequence, and zeros after the last.
    private func startNextMember() throws {
        while try refill() {
            if stream.pointee.next_in.pointee != 0 {
                inflateReset(stream)
                return
            }
            stream.pointee.next_in += 1
            stream.pointee.avail_in -= 1
        }
        hasEnded = true
    }

    private func detail(_ status: Int32) -> String {
        stream.pointee.msg.map { String(cString: $0) } ?? "zlib status \(status)"
    }
}
