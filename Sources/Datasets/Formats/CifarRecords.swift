/// One file of CIFAR's binary version: records of label bytes, then one image channel-first.
struct CifarRecords {
    let bytes: [UInt8]
    /// The number of values of each label byte; the last byte is the class.
    let labelRanges: [Int]
    /// C·H·W
    let imageSize: Int

    /// Writes the records' images and classes to the split, starting at image `first`.
    /// - Throws: ``DatasetError/labelOutOfRange(file:record:label:allowed:)`` under the name `name`.
    func decode(first: Int, pixels: inout [UInt8], labels: inout [UInt8], name: String) throws {
        let recordSize = labelRanges.count + imageSize
        try bytes.withUnsafeBytes { bytes in
            try pixels.withUnsafeMutableBytes { pixels in
                for record in 0..<bytes.count / recordSize {
                    let start = record * recordSize
                    for (at, range) in labelRanges.enumerated() where bytes[start + at] >= range {
                        throw DatasetError.labelOutOfRange(
                            file: name, record: record, label: Int(bytes[start + at]), allowed: 0...range - 1)
                    }
                    labels[first + record] = bytes[start + labelRanges.count - 1]
                    let image = (first + record) * imageSize
                    UnsafeMutableRawBufferPointer(rebasing: pixels[image..<image + imageSize]).copyMemory(
                        from: UnsafeRawBufferPointer(rebasing: bytes[start + labelRanges.count..<start + recordSize]))
                }
            }
        }
    }
}
