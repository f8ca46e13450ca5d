import Foundation

/// A safetensors file: tensors by name and string metadata. The layout is 8 bytes of header length, little-endian, a JSON
/// header, then the data. Read here: F32, F64 and the integer types, all as float32 or Int; written: F32.
public struct Safetensors {
    public enum Failure: Error, Equatable, CustomStringConvertible {
        /// The bytes are no safetensors file; the text says where it breaks.
        case malformed(String)
        case missing(name: String)
        case shape(name: String, expected: [Int], found: [Int])
        case type(name: String, found: String)

        public var description: String {
            switch self {
            case .malformed(let reason): "no valid safetensors file: \(reason)"
            case .missing(let name): "the tensor \(name) is missing"
            case .shape(let name, let expected, let found): "the tensor \(name) has shape \(found), and \(expected) is needed"
            case .type(let name, let found): "the tensor \(name) is of type \(found), which is not read as such"
            }
        }
    }

    private struct Entry {
        let type: String
        let shape: [Int]
        let range: Range<Int>
    }

    public let metadata: [String: String]
    private let entries: [String: Entry]
    private let data: Data

    public var names: [String] { entries.keys.sorted() }

    /// Reads a file's bytes. Every offset is checked against the file before anything is taken from it.
    public init(_ bytes: Data) throws(Failure) {
        // Offsets count from 0; the conversion of a slice copies it, and that of a whole file would too.
        data = bytes.startIndex == 0 ? bytes : Data(bytes)
        guard data.count >= 8 else { throw .malformed("\(data.count) bytes, fewer than the header's length takes") }
        let length = data.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= UInt64(data.count - 8) else { throw .malformed("a header of \(length) bytes in a file of \(data.count)") }
        let start = 8 + Int(length)
        guard let header = try? JSONSerialization.jsonObject(with: data[8..<start]) as? [String: Any] else {
            throw .malformed("the header is no JSON object")
        }
        var entries: [String: Entry] = [:]
        for (name, value) in header where name != "__metadata__" {
            guard let fields = value as? [String: Any], let type = fields["dtype"] as? String,
                let shape = fields["shape"] as? [Int], let offsets = fields["data_offsets"] as? [Int], offsets.count == 2,
                let width = Self.widths[type]
            else { throw .malformed("tensor \(name) lacks a known dtype, a shape or two data offsets") }
            var bytes = width
            for side in shape {
                let (product, overflow) = bytes.multipliedReportingOverflow(by: side)
                guard side >= 0, !overflow else { throw .malformed("tensor \(name) has shape \(shape)") }
                bytes = product
            }
            guard 0 <= offsets[0], offsets[0] <= offsets[1], offsets[1] <= data.count - start, offsets[1] - offsets[0] == bytes
            else { throw .malformed("tensor \(name) lies at \(offsets), outside of the file or not of its shape's size") }
            entries[name] = Entry(type: type, shape: shape, range: start + offsets[0]..<start + offsets[1])
        }
        self.entries = entries
        metadata = header["__metadata__"] as? [String: String] ?? [:]
    }

    private static let widths = ["F64": 8, "F32": 4, "I64": 8, "I32": 4, "U8": 1]

    public func shape(_ name: String) throws(Failure) -> [Int] { try entry(name).shape }

    /// The elements of a floating-point tensor.
    public func floats(_ name: String) throws(Failure) -> [Float] {
        let entry = try entry(name)
        switch entry.type {
        case "F32": return elements(entry, UInt32.self).map { Float(bitPattern: $0) }
        case "F64": return elements(entry, UInt64.self).map { Float(Double(bitPattern: $0)) }
        default: throw .type(name: name, found: entry.type)
        }
    }

    /// The elements of an integer tensor.
    public func integers(_ name: String) throws(Failure) -> [Int] {
        let entry = try entry(name)
        switch entry.type {
        case "I64": return elements(entry, UInt64.self).map { Int(truncatingIfNeeded: $0) }
        case "I32": return elements(entry, UInt32.self).map { Int(Int32(bitPattern: $0)) }
        case "U8": return elements(entry, UInt8.self).map(Int.init)
        default: throw .type(name: name, found: entry.type)
        }
    }

    /// Copies a float32 tensor of exactly the target's shape into it.
    public func load(_ name: String, into tensor: Tensor) throws(Failure) {
        let entry = try entry(name)
        guard entry.type == "F32" else { throw .type(name: name, found: entry.type) }
        guard entry.shape == tensor.shape else { throw .shape(name: name, expected: tensor.shape, found: entry.shape) }
        data[entry.range].withUnsafeBytes { UnsafeMutableRawBufferPointer(tensor.elements).copyMemory(from: $0) }
    }

    private func entry(_ name: String) throws(Failure) -> Entry {
        guard let entry = entries[name] else { throw .missing(name: name) }
        return entry
    }

    private func elements<T: FixedWidthInteger>(_ entry: Entry, _: T.Type) -> [T] {
        data[entry.range].withUnsafeBytes { bytes in
            (0..<bytes.count / MemoryLayout<T>.size).map {
                T(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<T>.size, as: T.self))
            }
        }
    }
}

extension Safetensors {
    /// The bytes of a file with these float32 tensors, in this order, and this metadata.
    public static func encode(_ tensors: [(name: String, tensor: Tensor)], metadata: [String: String]) -> Data {
        var file = header(tensors.map { ($0.name, $0.tensor.shape) }, metadata: metadata)
        file.reserveCapacity(file.count + tensors.reduce(0) { $0 + $1.tensor.count * 4 })
        for (_, tensor) in tensors { file.append(UnsafeBufferPointer(tensor.elements)) }
        return file
    }

    /// What stands in a file before the elements of these float32 tensors, which follow in this order.
    public static func header(_ tensors: [(name: String, shape: [Int])], metadata: [String: String]) -> Data {
        var header: [String: Any] = metadata.isEmpty ? [:] : ["__metadata__": metadata]
        var offset = 0
        for (name, shape) in tensors {
            let end = offset + shape.reduce(4, *)
            header[name] = ["dtype": "F32", "shape": shape, "data_offsets": [offset, end]]
            offset = end
        }
        // A JSON object of strings and integers cannot fail to be encoded; sorted keys make equal files equal bytes.
        var text = (try? JSONSerialization.data(withJSONObject: header, options: [.sortedKeys])) ?? Data()
        while text.count % 8 != 0 { text.append(UInt8(ascii: " ")) }
        var bytes = withUnsafeBytes(of: UInt64(text.count).littleEndian) { Data($0) }
        bytes.append(text)
        return bytes
    }
}
