extension NumberArray {
    /// An IDX file of unsigned bytes in any number of dimensions.
    /// - Throws: ``DatasetError``
    init(idx source: any ByteSource, name: String) throws {
        func wrong(_ detail: String) -> DatasetError {
            .ownData(file: name, fault: .wrongFormat(format: "IDX", detail: detail))
        }
        func numbers(_ count: Int) throws -> [Int] {
            var bytes = [UInt8](repeating: 0, count: 4 * count)
            guard try bytes.withUnsafeMutableBytes({ try source.readFully(into: $0) }) == bytes.count else {
                throw wrong("it ends within its header")
            }
            return (0..<count).map { bytes[4 * $0..<4 * $0 + 4].reduce(0) { $0 << 8 | Int($1) } }
        }
        let magic = try numbers(1)[0], dimensions = magic & 0xFF
        guard magic >> 8 == 8, (1...4).contains(dimensions) else {
            throw wrong("it starts with \(magic); expected unsigned bytes in 1 to 4 dimensions, 2049 to 2052")
        }
        let shape = try numbers(dimensions)
        guard let expected = Self.count(shape) else { throw wrong("its header gives too many elements") }
        // Not allocated before it is read: the header may say anything.
        guard let bytes = try source.bytes(upTo: expected) else { throw wrong("it is longer than its header says") }
        guard bytes.count == expected else { throw wrong("its header gives \(expected) elements, and \(bytes.count) are there") }
        self.init(name: name, shape: shape, size: 1, isSigned: false, isBigEndian: true, bytes: bytes)
    }
}
