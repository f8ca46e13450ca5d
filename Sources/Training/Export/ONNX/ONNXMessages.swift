import Foundation
import Specs

// The messages of an ONNX model that are needed here, with the field numbers of onnx.proto (github.com/onnx/onnx, IR version 7).

/// An operation on values that are called by name.
struct ONNXNode {
    enum Attribute {
        case integer(Int)
        case integers([Int])
    }

    let operation: String
    let inputs: [String]
    var output: String
    let attributes: KeyValuePairs<String, Attribute>

    /// NodeProto.
    var message: ProtocolBuffer {
        var node = ProtocolBuffer()
        for input in inputs { node.add(1, input) }
        node.add(2, output)
        node.add(3, "make \(output)")
        node.add(4, operation)
        for (name, value) in attributes {
            var attribute = ProtocolBuffer()
            attribute.add(1, name)
            switch value {
            case .integer(let integer):
                attribute.add(3, integer)
                attribute.add(20, 2)  // INT
            case .integers(let integers):
                for integer in integers { attribute.add(8, integer) }
                attribute.add(20, 7)  // INTS
            }
            node.add(5, attribute)
        }
        return node
    }
}

/// A constant of the graph: a weight tensor, which is streamed, or a few numbers.
struct ONNXTensor {
    private enum Contents {
        case weights(PortableTensor)
        case bytes(Data)
    }

    private let name: String
    private let shape: [Int]
    /// A value of TensorProto.DataType.
    private let type: Int
    private let contents: Contents

    init(_ tensor: PortableTensor) { (name, shape, type, contents) = (tensor.name, tensor.shape, 1, .weights(tensor)) }

    init(_ name: String, _ shape: [Int], floats: [Float]) {
        precondition(shape.reduce(1, *) == floats.count)
        // Every machine that Swift runs on here is little-endian.
        (self.name, self.shape, type, contents) = (name, shape, 1, .bytes(floats.withUnsafeBytes { Data($0) }))
    }

    /// A vector of 64-bit integers.
    init(_ name: String, indices: [Int]) {
        let bytes = indices.map(Int64.init).withUnsafeBytes { Data($0) }
        (self.name, shape, type, contents) = (name, [indices.count], 7, .bytes(bytes))
    }

    var byteCount: Int {
        switch contents {
        case .weights(let tensor): tensor.byteCount
        case .bytes(let bytes): bytes.count
        }
    }

    /// The beginning of a TensorProto in a field of its graph, up to its elements' bytes, which follow.
    func header(field: Int) -> Data {
        var tensor = ProtocolBuffer()
        for side in shape { tensor.add(1, side) }
        tensor.add(2, type)
        tensor.add(8, name)
        tensor.begin(9, countOf: byteCount)
        var header = ProtocolBuffer()
        header.begin(field, countOf: tensor.bytes.count + byteCount)
        return header.bytes + tensor.bytes
    }

    /// Calls `body` with the elements' bytes, in order.
    func forEachTile(_ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        switch contents {
        case .weights(let tensor): try tensor.forEachTile(body)
        case .bytes(let bytes): try bytes.withUnsafeBytes(body)
        }
    }
}

/// A named float32 value of the model's interface, of any number of rows.
struct ONNXValue {
    enum Side {
        /// As many as there are rows, under a name.
        case rows(String)
        case fixed(Int)
    }

    let name: String
    let sides: [Side]
    let note: String

    /// ValueInfoProto.
    var message: ProtocolBuffer {
        var shape = ProtocolBuffer()
        for side in sides {
            var dimension = ProtocolBuffer()
            switch side {
            case .rows(let name): dimension.add(2, name)
            case .fixed(let size): dimension.add(1, size)
            }
            shape.add(1, dimension)
        }
        var tensor = ProtocolBuffer()
        tensor.add(1, 1)  // FLOAT
        tensor.add(2, shape)
        var type = ProtocolBuffer()
        type.add(1, tensor)
        var value = ProtocolBuffer()
        value.add(1, name)
        value.add(2, type)
        value.add(3, note)
        return value
    }
}
