/// An IDX file of MNIST: a big-endian header (magic number, one 32-bit size for each dimension), then one byte for each element.
struct IDXFile {
    /// The file's name in messages.
    let name: String
    /// The header's sizes: (N, H, W) for images, (N) for labels.
    let shape: [Int]
    /// The elements; their number is the product of the shape.
    let bytes: [UInt8]

    /// Unsigned bytes in one dimension (`0x0801`) or three (`0x0803`).
    static func magic(dimensions: Int) -> UInt32 { 0x0800 | UInt32(dimensions) }

    /// Reads a file whose header must equal `expected`, except for the number of elements N, which the caller compares with that
    /// of the other file.
    /// - Throws: ``DatasetError`` if the magic number, the sizes or the length are wrong.
    init(_ source: any ByteSource, name: String, expected: [Int]) throws {
        var header = [UInt8](repeating: 0, count: 4 + 4 * expected.count)
        let count = try header.withUnsafeMutableBytes { try source.readFully(into: $0) }
        guard count == header.count else {
            throw DatasetError.wrongLength(file: name, expected: header.count + expected.reduce(1, *), found: count)
        }
        let numbers = stride(from: 0, to: header.count, by: 4).map { at in
            header[at..<at + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        }
        let magic = Self.magic(dimensions: expected.count)
        guard numbers[0] == magic else { throw DatasetError.wrongMagic(file: name, expected: magic, found: numbers[0]) }
        let shape = numbers.dropFirst().map { Int($0) }
        // Do not allocate what the header asks for: a few times the official size is enough to report the mismatch.
        guard shape.dropFirst().elementsEqual(expected.dropFirst()), shape[0] <= 4 * expected[0] else {
            throw DatasetError.wrongShape(file: name, expected: expected, found: shape)
        }
        self.name = name
        self.shape = shape
        do {
            bytes = try source.bytes(expected: shape.reduce(1, *), of: name)
        } catch DatasetError.wrongLength(let file, let expected, let found) {
            throw DatasetError.wrongLength(file: file, expected: header.count + expected, found: header.count + found)
        }
    }
}
