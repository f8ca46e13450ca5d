import CZlib
import Foundation

/// The bytes, compressed as `gzip` does.
public func gzip(_ bytes: [UInt8]) -> [UInt8] {
    var stream = z_stream()
    let version = Int32(MemoryLayout<z_stream>.size)
    precondition(deflateInit2_(&stream, 1, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, version) == Z_OK)
    defer { deflateEnd(&stream) }
    var input = bytes
    var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))))
    let made = input.withUnsafeMutableBufferPointer { input in
        output.withUnsafeMutableBufferPointer { output in
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(input.count)
            stream.next_out = output.baseAddress
            stream.avail_out = UInt32(output.count)
            precondition(deflate(&stream, Z_FINISH) == Z_STREAM_END)
            return output.count - Int(stream.avail_out)
        }
    }
    return [UInt8](output[..<made])
}

/// A tar archive of the members; a name that ends in a slash is a folder.
public func tar(_ members: [(name: String, bytes: [UInt8])]) -> [UInt8] {
    members.flatMap { member in
        tarHeader(member.name, size: member.bytes.count) + member.bytes
            + [UInt8](repeating: 0, count: (512 - member.bytes.count % 512) % 512)
    } + [UInt8](repeating: 0, count: 1024)
}

/// A member's header. Without a type, a name that ends in a slash is a folder and any other a file.
public func tarHeader(_ name: String, size: Int, type: String? = nil, link: String = "") -> [UInt8] {
    var header = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, at offset: Int) { header.replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8) }
    put(name, at: 0)
    put(String(format: "%011lo", size), at: 124)
    put(type ?? (name.hasSuffix("/") ? "5" : "0"), at: 156)
    put(link, at: 157)
    put("ustar\u{0}00", at: 257)
    return withTarChecksum(header)
}

/// The header with the checksum of its bytes.
public func withTarChecksum(_ header: [UInt8]) -> [UInt8] {
    var header = header
    header.replaceSubrange(148..<156, with: "        ".utf8)
    header.replaceSubrange(148..<156, with: String(format: "%06lo\u{0} ", header.reduce(0) { $0 + Int($1) }).utf8)
    return header
}

/// An IDX file's header: its magic, then its sizes.
public func idxHeader(_ shape: [Int]) -> [UInt8] {
    ([0x0800 | UInt32(shape.count)] + shape.map { UInt32($0) }).flatMap { number in
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }
}
