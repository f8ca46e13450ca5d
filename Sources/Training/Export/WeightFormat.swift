import Foundation
import Tensors

/// A file format for weights or whole models: its name, which is also the file name's extension, and its encoder. A new one is a file
/// and a line in `all`.
public struct WeightFormat: Sendable {
    public let name: String
    /// The file's layout in one line, for help texts.
    public let summary: String
    /// Whether a file is a model that can be run: its exports have every layer as a dense one, and the inputs' scale.
    public let isModel: Bool
    let encode: @Sendable (WeightExport, OutputFile) throws -> Void

    init(
        name: String, summary: String, isModel: Bool = false,
        encode: @escaping @Sendable (WeightExport, OutputFile) throws -> Void
    ) {
        (self.name, self.summary, self.isModel, self.encode) = (name, summary, isModel, encode)
    }

    public static let all: [WeightFormat] = [.safetensors, .npz, .onnx]

    public static func named(_ name: String) -> WeightFormat? { all.first { $0.name == name } }

    /// Writes the file, as `OutputFile` says. Returns its size in bytes.
    public func write(_ export: WeightExport, to url: URL) throws -> Int {
        let file = try OutputFile(url)
        try encode(export, file)
        try file.commit()
        return file.count
    }
}

extension WeightFormat {
    /// What `safetensors.torch.load_file` reads; metadata in its header.
    public static let safetensors = WeightFormat(
        name: "safetensors", summary: "tensors by name, metadata in the header; `safetensors.torch.load_file` reads it"
    ) { export, file in
        try file.append(Safetensors.header(export.tensors.map { ($0.name, $0.shape) }, metadata: export.metadata))
        for tensor in export.tensors { try tensor.forEachTile { try file.append($0) } }
    }
}
