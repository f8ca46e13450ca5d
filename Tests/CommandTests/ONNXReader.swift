import Foundation

/// A model's file, read back field by field, and a plain evaluation of its operations: what a test has without ONNX Runtime.
struct ONNXReader {
    struct Node {
        let operation: String
        let inputs: [String]
        let output: String
        let attributes: [String: [Int]]
    }

    struct Value {
        var shape: [Int]
        var elements: [Float]
    }

    struct Malformed: Error { let reason: String }

    private(set) var nodes: [Node] = []
    private(set) var constants: [String: Value] = [:]
    private(set) var properties: [String: String] = [:]
    private(set) var opset = 0

    init(_ file: Data) throws {
        for (field, value) in try Self.fields(file) {
            switch field {
            case 7:
                for (field, value) in try Self.fields(value.bytes) {
                    if field == 1 { nodes.append(try Self.node(value.bytes)) }
                    if field == 5 {
                        let (name, tensor) = try Self.tensor(value.bytes)
                        constants[name] = tensor
                    }
                }
            case 8: opset = try Self.fields(value.bytes).first { $0.field == 2 }?.value.number ?? 0
            case 14:
                let parts = try Self.fields(value.bytes).map(\.value.text)
                properties[parts[0]] = parts[1]
            default: break
            }
        }
    }

    /// The value of a field: a number, or bytes.
    private struct Field {
        var number = 0
        var bytes = Data()
        var text: String { String(decoding: bytes, as: UTF8.self) }
    }

    /// The fields of a message, each of which must end within it.
    private static func fields(_ message: Data) throws -> [(field: Int, value: Field)] {
        var rest = message[...], fields: [(Int, Field)] = []
        func varint() throws -> Int {
            var value: UInt64 = 0
            for shift in stride(from: 0, to: 64, by: 7) {
                guard let byte = rest.popFirst() else { break }
                value |= UInt64(byte & 0x7F) << UInt64(shift)
                if byte < 0x80 { return Int(bitPattern: UInt(value)) }
            }
            throw Malformed(reason: "a varint has no end")
        }
        while !rest.isEmpty {
            let key = try varint(), number = try varint()
            switch key & 7 {
            case 0: fields.append((key >> 3, Field(number: number)))
            case 2:
                guard number <= rest.count else { throw Malformed(reason: "field \(key >> 3) is cut") }
                fields.append((key >> 3, Field(bytes: Data(rest.prefix(number)))))
                rest = rest.dropFirst(number)
            default: throw Malformed(reason: "wire type \(key & 7)")
            }
        }
        return fields
    }

    private static func node(_ message: Data) throws -> Node {
        let fields = try fields(message)
        let texts = { (number: Int) in fields.filter { $0.field == number }.map(\.value.text) }
        var attributes: [String: [Int]] = [:]
        for attribute in fields where attribute.field == 5 {
            let parts = try Self.fields(attribute.value.bytes)
            attributes[parts.first { $0.field == 1 }?.value.text ?? ""] =
                parts.filter { $0.field == 3 || $0.field == 8 }.map(\.value.number)
        }
        return Node(operation: texts(4)[0], inputs: texts(1), output: texts(2)[0], attributes: attributes)
    }

    private static func tensor(_ message: Data) throws -> (String, Value) {
        let fields = try fields(message)
        let bytes = fields.first { $0.field == 9 }?.value.bytes ?? Data()
        let isFloat = fields.first { $0.field == 2 }?.value.number == 1
        let elements = bytes.withUnsafeBytes { raw in
            isFloat ? Array(raw.bindMemory(to: Float.self)) : raw.bindMemory(to: Int64.self).map { Float($0) }
        }
        let shape = fields.filter { $0.field == 1 }.map(\.value.number)
        guard shape.reduce(1, *) == elements.count else { throw Malformed(reason: "\(shape) has \(elements.count) elements") }
        return (fields.first { $0.field == 8 }?.value.text ?? "", Value(shape: shape, elements: elements))
    }

    /// The value that the first operation of a kind reads, or the model's output.
    func value(_ images: Value, before operation: String? = nil) throws -> Value {
        var values = constants, last = images
        values["images"] = images
        for node in nodes {
            let inputs = try node.inputs.map { name in
                guard let value = values[name] else { throw Malformed(reason: "nothing has made \(name)") }
                return value
            }
            if node.operation == operation { return inputs[0] }
            last = try ONNXOperations.apply(node, inputs)
            values[node.output] = last
        }
        return last
    }
}
