/// One 512-byte header of a tar archive.
struct TarHeader {
    let bytes: [UInt8]

    /// The whole name, without a leading `./`.
    var path: String {
        let isUstar = bytes[257..<262].elementsEqual("ustar".utf8)
        let prefix = isUstar && bytes[262] == 0 ? text(345..<500) : ""
        let path = prefix.isEmpty ? text(0..<100) : prefix + "/" + text(0..<100)
        return path.hasPrefix("./") ? String(path.dropFirst(2)) : path
    }

    /// Whether it is not a folder, a link, or a pax or GNU record about the next member.
    var isRegularFile: Bool { bytes[156] == UInt8(ascii: "0") || bytes[156] == 0 }

    /// The checksum: the sum of the bytes, with spaces in its own field.
    var hasRightChecksum: Bool {
        let sum = bytes.enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 32 : Int($1.element)) }
        return octal(148..<156) == sum
    }

    /// Size of the content in bytes.
    func checkedSize(_ fault: (TarFault) -> DatasetError) throws -> Int {
        // GNU writes sizes of 8 GiB and more, which do not fit the octal digits, in binary with the top bit set.
        if bytes[124] & 0x80 != 0 { throw fault(.memberTooLarge(limit: TarReader.memberLimit)) }
        guard let size = octal(124..<136) else { throw fault(.wrongSize) }
        guard size <= TarReader.memberLimit else { throw fault(.memberTooLarge(limit: TarReader.memberLimit)) }
        return size
    }

    private func octal(_ field: Range<Int>) -> Int? {
        let digits = bytes[field].drop { $0 == 32 }.prefix { $0 != 0 && $0 != 32 }
        guard !digits.isEmpty, digits.allSatisfy({ (48...55).contains($0) }) else { return nil }
        // Twelve octal digits are 36 bits.
        return digits.reduce(0) { $0 * 8 + Int($1 - 48) }
    }

    private func text(_ field: Range<Int>) -> String {
        String(decoding: bytes[field].prefix { $0 != 0 }, as: UTF8.self)
    }
}
