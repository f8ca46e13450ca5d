import CZlib
import Foundation

/// A zip archive of stored members, as `numpy.savez` writes it.
public func zip(_ members: [(name: String, bytes: [UInt8])]) -> [UInt8] {
    var archive: [UInt8] = [], directory: [UInt8] = []
    for (name, bytes) in members {
        let sum = bytes.withUnsafeBufferPointer { crc32_z(0, $0.baseAddress, $0.count) }
        let sizes =
            little(Int(sum), 4) + little(bytes.count, 4) + little(bytes.count, 4) + little(name.utf8.count, 2) + little(0, 2)
        let common = little(20, 2) + little(0, 2) + little(0, 2) + little(0, 2) + little(33, 2) + sizes
        directory += Array("PK\u{1}\u{2}".utf8) + little(20, 2) + common
        directory += little(0, 2) + little(0, 2) + little(0, 2) + little(0, 4) + little(archive.count, 4) + Array(name.utf8)
        archive += Array("PK\u{3}\u{4}".utf8) + common + Array(name.utf8) + bytes
    }
    let end = little(0, 2) + little(0, 2) + little(members.count, 2) + little(members.count, 2)
    return archive + directory + Array("PK\u{5}\u{6}".utf8) + end + little(directory.count, 4) + little(archive.count, 4)
        + little(0, 2)
}

/// A NumPy file.
/// - Parameter type: the elements' type, such as `|u1`.
public func npy(_ shape: [Int], _ bytes: [UInt8], type: String = "|u1", fortranOrder: Bool = false) -> [UInt8] {
    let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var header = "{'descr': '\(type)', 'fortran_order': \(fortranOrder ? "True" : "False"), 'shape': (\(sizes)), }"
    header += String(repeating: " ", count: (64 - (11 + header.utf8.count) % 64) % 64) + "\n"
    return [0x93] + Array("NUMPY".utf8) + [1, 0] + little(header.utf8.count, 2) + Array(header.utf8) + bytes
}

/// A PNG file of lines without filter.
/// - Parameters:
///   - lines: each line's bytes, of all passes in turn if it is interlaced.
///   - palette: three bytes a colour.
public func png(
    width: Int, height: Int, depth: Int = 8, colourType: Int, lines: [[UInt8]], palette: [UInt8] = [], isInterlaced: Bool = false,
    filters: [UInt8]? = nil
) -> [UInt8] {
    func chunk(_ type: String, _ bytes: [UInt8]) -> [UInt8] {
        let content = Array(type.utf8) + bytes
        let sum = content.withUnsafeBufferPointer { crc32_z(0, $0.baseAddress, $0.count) }
        return little(bytes.count, 4).reversed() + content + little(Int(sum), 4).reversed()
    }
    let header = little(width, 4).reversed() + little(height, 4).reversed()
    let kind = [UInt8(depth), UInt8(colourType), 0, 0, isInterlaced ? 1 : 0]
    let raw = lines.enumerated().flatMap { index, line -> [UInt8] in [filters?[index] ?? 0] + line }
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", header + kind)
        + (palette.isEmpty ? [] : chunk("PLTE", palette)) + chunk("IDAT", zlib(raw)) + chunk("IEND", [])
}

/// The bytes as a zlib stream.
private func zlib(_ bytes: [UInt8]) -> [UInt8] {
    var length = compressBound(UInt(bytes.count))
    var output = [UInt8](repeating: 0, count: Int(length))
    precondition(compress(&output, &length, bytes, UInt(bytes.count)) == Z_OK)
    return Array(output[..<Int(length)])
}

private func little(_ number: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
}
