import Specs

/// One file of CIFAR's Python version: a pickled dictionary with `data`, a (N, 3072) array of bytes, and lists of labels.
enum CifarPickle {
    /// The records that the binary version has in its place.
    /// - Throws: ``DatasetError/badPickle(file:fault:)``, ``DatasetError/labelOutOfRange(file:record:label:allowed:)``
    static func records(
        of source: any ByteSource, _ kind: DatasetKind, _ file: OfficialFile, name: String
    ) throws -> [UInt8] {
        guard case .cifar(let labelRanges) = kind.format else { preconditionFailure("only CIFAR has a Python version") }
        let length = file.count * (labelRanges.count + kind.dataset.imageSize)
        do {
            // The file also holds each image's name.
            guard let bytes = try source.bytes(upTo: 2 * length + 1 << 16) else { throw PickleFault.tooLong }
            let pickle = try Pickle(bytes)
            let size = kind.dataset.imageSize
            guard let data = pickle.byteMatrix(try pickle.member("data")), data.rows == file.count, data.columns == size else {
                throw PickleFault.wrongValue(key: "data", expected: "\(file.count)×\(size) bytes")
            }
            let labels = try keys(labelRanges).map { key throws(PickleFault) in
                guard let labels = pickle.wholes(try pickle.member(key)), labels.count == file.count else {
                    throw .wrongValue(key: key, expected: "\(file.count) numbers")
                }
                return labels
            }
            for (labels, range) in zip(labels, labelRanges) {
                if let record = labels.firstIndex(where: { !(0..<range).contains($0) }) {
                    throw DatasetError.labelOutOfRange(
                        file: name, record: record, label: labels[record], allowed: 0...range - 1)
                }
            }
            var records: [UInt8] = []
            records.reserveCapacity(length)
            for record in 0..<file.count {
                for labels in labels { records.append(UInt8(labels[record])) }
                let first = data.elements.startIndex + record * size
                records += data.elements[first..<first + size]
            }
            return records
        } catch let fault as PickleFault {
            throw DatasetError.badPickle(file: name, fault: fault)
        }
    }

    /// The keys of the label lists, in the order of a binary record.
    private static func keys(_ labelRanges: [Int]) -> [String] {
        labelRanges.count == 1 ? ["labels"] : ["coarse_labels", "fine_labels"]
    }
}
