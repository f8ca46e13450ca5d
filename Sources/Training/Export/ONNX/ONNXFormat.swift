import Foundation
import Specs

extension WeightFormat {
    /// An ONNX model (onnx.ai): the whole network as a graph of standard operations, opset 13, with its metadata as properties.
    public static let onnx = WeightFormat(
        name: "onnx",
        summary: "a model with dense weights, from pixels 0…255, or a graph's features, to logits; ONNX Runtime runs it",
        isModel: true
    ) { export, file in
        guard let scale = export.scale else { preconditionFailure("a model has its inputs' scale") }
        let graph = ONNXGraph(export.settings, scale, weights: export.tensors)
        try ONNXModel(graph, export.settings, metadata: export.metadata).write(to: file)
    }
}

/// A model whose constants are too large for its format.
public struct ModelTooLarge: Error, CustomStringConvertible {
    public let format: String
    public let bytes: Int
    public let limit: Int

    public var description: String {
        "the model takes \(bytes.grouped) bytes, and \(format) holds at most \(limit.grouped); export it as safetensors"
    }
}

/// The file of a graph, a ModelProto.
private struct ONNXModel {
    let graph: ONNXGraph
    let settings: Settings
    let metadata: [String: String]

    /// The most bytes that readers of protocol buffers accept.
    private static let limit = Int(Int32.max)
    /// Opset 13 with IR version 7 is read by ONNX Runtime 1.6 and later.
    private static let opset = 13, intermediateRepresentation = 7

    init(_ graph: ONNXGraph, _ settings: Settings, metadata: [String: String]) {
        (self.graph, self.settings) = (graph, settings)
        var properties = metadata
        // What they say of a file of weights does not hold for a model.
        for key in ["format", "linear"] { properties[key] = nil }
        // An array of strings cannot fail to be encoded.
        let classes = (try? JSONSerialization.data(withJSONObject: settings.dataset.classNames)) ?? Data()
        properties["classes"] = String(decoding: classes, as: UTF8.self)
        self.metadata = properties
    }

    func write(to file: OutputFile) throws {
        let head = head, body = graphWithoutConstants.bytes
        let headers = graph.constants.map { $0.header(field: 5) }
        let count = zip(headers, graph.constants).reduce(body.count) { $0 + $1.0.count + $1.1.byteCount }
        var field = ProtocolBuffer()
        field.begin(7, countOf: count)
        let whole = head.bytes.count + field.bytes.count + count
        guard whole <= Self.limit else { throw ModelTooLarge(format: "ONNX", bytes: whole, limit: Self.limit) }
        try file.append(head.bytes + field.bytes + body)
        for (header, constant) in zip(headers, graph.constants) {
            try file.append(header)
            try constant.forEachTile { try file.append($0) }
        }
    }

    /// Everything but the graph.
    private var head: ProtocolBuffer {
        var model = ProtocolBuffer()
        model.add(1, Self.intermediateRepresentation)
        model.add(2, "pcnlab")
        var opset = ProtocolBuffer()
        opset.add(1, "")
        opset.add(2, Self.opset)
        model.add(8, opset)
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            var entry = ProtocolBuffer()
            entry.add(1, key)
            entry.add(2, value)
            model.add(14, entry)
        }
        return model
    }

    private var graphWithoutConstants: ProtocolBuffer {
        var message = ProtocolBuffer()
        for node in graph.nodes { message.add(1, node.message) }
        message.add(2, settings.model)
        for input in graph.inputs { message.add(11, input.message) }
        message.add(12, graph.output.message)
        return message
    }
}
