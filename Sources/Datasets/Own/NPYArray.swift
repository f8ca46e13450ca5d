import Foundation

extension NumberArray {
    /// An array in NumPy's format (versions 1 to 3) of whole numbers in row-major order.
    /// - Throws: ``DatasetError/ownData(file:fault:)``
    init(npy file: [UInt8], name: String) throws {
        func wrong(_ detail: String) -> DatasetError {
            .ownData(file: name, fault: .wrongFormat(format: "NumPy", detail: detail))
        }
        guard file.count >= 12, file[..<6].elementsEqual([0x93] + Array("NUMPY".utf8)), (1...3).contains(file[6]) else {
            throw wrong("it has no NumPy header")
        }
        let start = file[6] == 1 ? 10 : 12
        let length = file[8..<start].reversed().reduce(0) { $0 << 8 | Int($1) }
        guard length <= file.count - start, length <= 1 << 16 else { throw wrong("it ends within its header") }
        let header = NPYHeader(String(decoding: file[start..<start + length], as: UTF8.self))
        guard let header else { throw wrong("its header cannot be read") }
        guard let type = header.type else {
            throw DatasetError.ownData(
                file: name, fault: .wrongType(found: header.typeText, expected: "uint8 images and integer labels"))
        }
        if header.isFortranOrder {
            throw DatasetError.ownData(
                file: name,
                fault: .wrongType(found: "\(header.typeText) in Fortran order", expected: "numpy.ascontiguousarray makes them"))
        }
        let bytes = Array(file[(start + length)...])
        guard let count = Self.count(header.shape), count * type.size == bytes.count else {
            throw wrong("its header gives the shape \(header.shape), and \(bytes.count) bytes are there")
        }
        self.init(
            name: name, shape: header.shape, size: type.size, isSigned: type.isSigned, isBigEndian: type.isBigEndian, bytes: bytes
        )
    }
}

/// The header of a NumPy file: a Python dictionary such as {'descr': '|u1', 'fortran_order': False, 'shape': (60000, 28, 28), }.
struct NPYHeader {
    let typeText: String
    let isFortranOrder: Bool
    let shape: [Int]

    /// Nil if it is not such a dictionary.
    init?(_ text: String) {
        guard let type = text.firstMatch(of: /'descr'\s*:\s*'([^']{1,40})'/)?.1,
            let order = text.firstMatch(of: /'fortran_order'\s*:\s*(True|False)/)?.1,
            let sizes = text.firstMatch(of: /'shape'\s*:\s*\(([0-9, ]*)\)/)?.1
        else {
            // An array of records has a list of types.
            guard text.contains("'descr'"), text.contains("["), let order = text.firstMatch(of: /'fortran_order'/) else {
                return nil
            }
            _ = order
            (typeText, isFortranOrder, shape) = ("a record", false, [])
            return
        }
        let numbers = sizes.split(whereSeparator: { $0 == "," || $0 == " " })
        let shape = numbers.compactMap { Int($0) }
        guard shape.count == numbers.count, shape.count <= 8 else { return nil }
        (typeText, isFortranOrder, self.shape) = (String(type), order == "True" && shape.count > 1, shape)
    }

    /// The elements' type, if they are whole numbers.
    var type: (size: Int, isSigned: Bool, isBigEndian: Bool)? {
        let text = typeText.first.map { "<>|=".contains($0) } == true ? typeText.dropFirst() : typeText[...]
        guard let kind = text.first, kind == "u" || kind == "i", let size = Int(text.dropFirst()), [1, 2, 4, 8].contains(size)
        else {
            return typeText == "|b1" ? (1, false, false) : nil
        }
        return (size, kind == "i", typeText.hasPrefix(">"))
    }
}
