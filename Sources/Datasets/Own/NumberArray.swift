import Specs

/// An array of whole numbers from a file: images or labels.
struct NumberArray {
    /// The file's name in messages, and the array's.
    let name: String
    let shape: [Int]
    /// Bytes of an element: 1, 2, 4 or 8.
    let size: Int
    let isSigned: Bool
    let isBigEndian: Bool
    /// The elements in row-major order; the product of shape and size.
    let bytes: [UInt8]

    func fault(_ fault: OwnDataFault) -> DatasetError { .ownData(file: name, fault: fault) }

    /// The product of sizes, if it can be counted.
    static func count(_ shape: [Int]) -> Int? {
        shape.reduce(Int?.some(1)) { count, size in
            count.flatMap {
                let (product, overflow) = $0.multipliedReportingOverflow(by: size)
                return overflow || size < 0 || product > 1 << 40 ? nil : product
            }
        }
    }

    /// The elements as labels: bytes, in one dimension.
    /// - Throws: ``DatasetError/ownData(file:fault:)``
    func labels() throws -> [UInt8] {
        // Keras has (N, 1).
        guard shape.count == 1 || shape.count == 2 && shape[1] == 1 else {
            throw fault(.wrongShape(found: shape, expected: "one label for each image"))
        }
        if size == 1, !isSigned { return bytes }
        return try (0..<bytes.count / size).map { record in
            let element = bytes[record * size..<(record + 1) * size]
            let ordered = isBigEndian ? Array(element) : element.reversed()
            var value = isSigned && ordered[0] >= 0x80 ? -1 : 0
            for byte in ordered { value = value << 8 | Int(byte) }
            guard let label = UInt8(exactly: value) else {
                throw fault(.labelOutOfRange(record: record, label: value, classes: 256))
            }
            return label
        }
    }

    /// The elements as square images, channel-first.
    /// - Throws: ``DatasetError/ownData(file:fault:)``
    func images() throws -> (channels: Int, side: Int, pixels: [UInt8]) {
        guard size == 1, !isSigned else { throw fault(.wrongType(found: typeName, expected: "uint8, from 0 to 255")) }
        // The channels are the axis of 1 to 4 that leaves squares, the last if both do.
        let fits = { (axis: Int, others: (Int, Int)) in (1...4).contains(shape[axis]) && shape[others.0] == shape[others.1] }
        let isPlanar =
            shape.count == 3
            || shape.count == 4 && !fits(3, (1, 2)) && (1...4).contains(shape[1])
                && (fits(1, (2, 3)) || !(1...4).contains(shape[3]))
        let (height, width, channels): (Int, Int, Int)
        switch shape.count {
        case 3: (height, width, channels) = (shape[1], shape[2], 1)
        case 4 where isPlanar: (height, width, channels) = (shape[2], shape[3], shape[1])
        case 4 where (1...4).contains(shape[3]): (height, width, channels) = (shape[1], shape[2], shape[3])
        default:
            throw fault(
                .wrongShape(
                    found: shape,
                    expected: "(N, height, width), (N, height, width, C) or (N, C, height, width) with 1 to 4 channels"))
        }
        guard height == width else { throw fault(.notSquare(height: height, width: width)) }
        guard (1...DatasetName.sideLimit).contains(height) else {
            throw height == 0
                ? fault(.wrongShape(found: shape, expected: "images of at least one pixel"))
                : fault(.tooLarge(side: height, limit: DatasetName.sideLimit))
        }
        guard (1...DatasetName.imageLimit).contains(shape[0]) else {
            throw fault(.wrongCount(shape[0], limit: DatasetName.imageLimit))
        }
        if isPlanar || channels == 1 { return (channels, height, bytes) }
        let plane = height * width
        let planar = [UInt8](unsafeUninitializedCapacity: bytes.count) { output, initialized in
            bytes.withUnsafeBufferPointer { input in
                for image in 0..<shape[0] {
                    let first = image * plane * channels
                    for channel in 0..<channels {
                        for pixel in 0..<plane {
                            output[first + channel * plane + pixel] = input[first + pixel * channels + channel]
                        }
                    }
                }
            }
            initialized = bytes.count
        }
        return (channels, height, planar)
    }

    private var typeName: String { (isSigned ? "int" : "uint") + "\(8 * size)" }
}
