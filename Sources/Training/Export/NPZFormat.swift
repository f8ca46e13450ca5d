import Foundation

extension WeightFormat {
    /// A zip archive of `.npy` arrays, stored: what `numpy.load` reads. The metadata are a JSON text in the array `__metadata__`.
    static let npz = WeightFormat(
        name: "npz", summary: "a zip archive of arrays, metadata as JSON in `__metadata__`; `numpy.load` reads it"
    ) { export, file in
        var archive = ZipArchive(file)
        for tensor in export.tensors {
            let header = npyHeader("<f4", tensor.shape)
            try archive.add(tensor.name + ".npy", size: header.count + tensor.byteCount) { append in
                try header.withUnsafeBytes(append)
                try tensor.forEachTile { try append($0) }
            }
        }
        // A JSON object of strings cannot fail to be encoded; sorted keys make equal exports equal bytes.
        let json = (try? JSONSerialization.data(withJSONObject: export.metadata, options: [.sortedKeys])) ?? Data()
        let scalars = String(decoding: json, as: UTF8.self).unicodeScalars
        var text = npyHeader("<U\(scalars.count)", [])
        for scalar in scalars { text.append(littleEndian: scalar.value) }
        try archive.add("__metadata__.npy", size: text.count) { try text.withUnsafeBytes($0) }
        try archive.finish()
    }
}

/// The beginning of a `.npy` file, version 1.0: whole blocks of 64 bytes, so that the elements behind it are aligned.
private func npyHeader(_ type: String, _ shape: [Int]) -> Data {
    let sides = shape.map { "\($0)," }.joined(separator: " ")
    var dictionary = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(sides)), }"
    let length = (10 + dictionary.utf8.count + 1 + 63) / 64 * 64 - 10
    dictionary += String(repeating: " ", count: length - 1 - dictionary.utf8.count) + "\n"
    var header = Data([0x93] + Array("NUMPY".utf8) + [1, 0])
    header.append(littleEndian: UInt16(length))
    header.append(contentsOf: dictionary.utf8)
    return header
}

extension Data {
    /// Appends an integer's bytes, the least first.
    mutating func append(littleEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}
