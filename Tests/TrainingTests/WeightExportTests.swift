import CZlib
import Foundation
import Specs
import Tensors
import Testing

@testable import Training

@Suite("Exported weights")
struct WeightExportTests {
    private func export(_ linear: Linear, expanded: Bool) throws -> WeightExport {
        let settings = Fixture.settings(linear: linear, epochs: 1)
        let contents = try #require(try Fixture.train(settings).host.checkpoints.last).contents
        return try WeightExport(settings, Safetensors(contents), expanded: expanded, metadata: ["run": "λ \"1\""])
    }

    private func contents(_ export: WeightExport, _ format: WeightFormat) throws -> Data {
        let url = FileManager.default.temporaryDirectory.appending(path: "export-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: url) }
        let count = try format.write(export, to: url)
        let data = try Data(contentsOf: url)
        #expect(data.count == count)
        return data
    }

    @Test("have PyTorch's names and shapes, as stored and expanded", arguments: Linear.all)
    func names(_ linear: Linear) throws {
        let text = { (export: WeightExport) in export.tensors.map { "\($0.name) \($0.shape)" } }
        let dense = [
            "linear.0.weight [40, 768]", "linear.0.bias [40]", "linear.1.weight [24, 40]", "linear.1.bias [24]",
            "linear.2.weight [10, 24]", "linear.2.bias [10]",
        ]
        let stored: [String] =
            switch linear {
            case .mlp, .groupMask: dense
            case .pcn:
                [
                    "linear.positions.0 [768, 4]", "linear.positions.1 [40, 4]", "linear.positions.2 [24, 4]",
                    "linear.positions.3 [10, 4]", "linear.biases.0 [40]", "linear.biases.1 [24]", "linear.biases.2 [10]",
                ]
            case .randomFeatures:
                [
                    "linear.1.weight [40, 4]", "linear.1.bias [40]", "linear.3.weight [24, 4]", "linear.3.bias [24]",
                    "linear.5.weight [10, 4]", "linear.5.bias [10]", "linear.0.weight [4, 768]", "linear.2.weight [4, 40]",
                    "linear.4.weight [4, 24]",
                ]
            case .neuralField:
                [
                    "linear.field.0.weight [4, 29]", "linear.field.0.bias [4]", "linear.field.1.weight [4, 4]",
                    "linear.field.1.bias [4]", "linear.field.2.weight [256, 4]", "linear.field.2.bias [256]",
                    "linear.biases.0 [40]", "linear.biases.1 [24]", "linear.biases.2 [10]",
                ]
            default:
                [
                    "linear.0.u [768, 4]", "linear.0.v [40, 4]", "linear.0.bias [40]", "linear.1.u [40, 4]", "linear.1.v [24, 4]",
                    "linear.1.bias [24]", "linear.2.u [24, 4]", "linear.2.v [10, 4]", "linear.2.bias [10]",
                ]
            }
        #expect(try text(export(linear, expanded: false)) == stored)
        let expanded = try export(linear, expanded: true)
        let layers =
            linear == .randomFeatures
            ? [4, 40, 4, 24, 4, 10].enumerated().flatMap { index, outputs in
                ["linear.\(index).weight [\(outputs), \([768, 4, 40, 4, 24, 4][index])]", "linear.\(index).bias [\(outputs)]"]
            } : dense
        #expect(text(expanded) == layers)
        #expect(
            expanded.metadata["linear"] == "mlp" && expanded.metadata["epoch"] == "1" && expanded.metadata["run"] == "λ \"1\"")
    }

    @Test("are the same bytes in tiles of any size", arguments: Linear.all)
    func tiles(_ linear: Linear) throws {
        for tensor in try [false, true].flatMap({ try export(linear, expanded: $0).tensors }) {
            let whole = bytes(of: tensor, floats: 1 << 20)
            #expect(whole.count == 4 * tensor.count)
            for floats in [1, 77, 1000] {
                // Compared apart: `#expect` would look for the difference of a hundred thousand bytes.
                let isSame = bytes(of: tensor, floats: floats) == whole
                #expect(isSame, "\(tensor.name) in tiles of \(floats)")
            }
        }
    }

    private func bytes(of tensor: PortableTensor, floats: Int) -> Data {
        var data = Data()
        tensor.forEachTile(of: floats) { data.append(contentsOf: $0) }
        return data
    }

    @Test("keep the name of a parameter that is not the linear part's", arguments: Linear.all)
    func otherParameters(_ linear: Linear) {
        for name in ["features.0.weight", "features.0", "clouds", "u.x"] { #expect(linear.export.name(of: name) == nil) }
    }

    @Test("are the same floats in every format, the archive's checksums right", arguments: Linear.all)
    func formats(_ linear: Linear) throws {
        for expanded in [false, true] {
            let export = try export(linear, expanded: expanded)
            let plain = try Safetensors(contents(export, .safetensors))
            #expect(plain.metadata == export.metadata && plain.names == export.tensors.map(\.name).sorted())
            let arrays = try entries(of: contents(export, .npz))
            #expect(arrays.map(\.name) == export.tensors.map { $0.name + ".npy" } + ["__metadata__.npy"])
            for (tensor, array) in zip(export.tensors, arrays) {
                let header = String(decoding: array.contents.prefix(128), as: UTF8.self)
                #expect(header.contains("'descr': '<f4'") && header.contains("'shape': (\(tensor.shape[0]),"))
                let bytes = array.contents.suffix(tensor.count * 4)
                #expect((array.contents.count - bytes.count) % 64 == 0)
                let floats = bytes.withUnsafeBytes { raw in
                    (0..<tensor.count).map { raw.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
                }
                let isSame = try floats == plain.floats(tensor.name)
                #expect(isSame, "\(tensor.name)")
            }
        }
    }

    @Test("refuse a checkpoint of another network, and leave nothing where they cannot be written")
    func failures() throws {
        let contents = try #require(try Fixture.train(Fixture.settings(epochs: 1)).host.checkpoints.last).contents
        #expect(throws: Safetensors.Failure.self) {
            try WeightExport(Fixture.settings(linear: .mlp), Safetensors(contents), expanded: false)
        }
        let export = try export(.mlp, expanded: false)
        let folder = FileManager.default.temporaryDirectory.appending(path: "export-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder.appending(path: "taken/x"), withIntermediateDirectories: true)
        for name in ["taken", "missing/file"] {
            #expect(throws: CheckpointFile.Failure.self) { try WeightFormat.npz.write(export, to: folder.appending(path: name)) }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["taken"])
    }

    /// The files of a zip archive, found by its directory, their checksums compared.
    private func entries(of archive: Data) throws -> [(name: String, contents: Data)] {
        func number(_ offset: Int, _ count: Int) -> Int {
            archive[offset..<offset + count].reversed().reduce(0) { $0 << 8 | Int($1) }
        }
        func signature(_ offset: Int) -> String { String(decoding: archive[offset..<offset + 4], as: UTF8.self) }
        let end = archive.count - 22
        try #require(signature(end) == "PK\u{5}\u{6}" && signature(end - 20) == "PK\u{6}\u{7}")
        let end64 = number(end - 12, 8)
        try #require(signature(end64) == "PK\u{6}\u{6}")
        var entry = number(end64 + 48, 8), entries: [(String, Data)] = []
        for _ in 0..<number(end64 + 32, 8) {
            try #require(signature(entry) == "PK\u{1}\u{2}")
            let nameLength = number(entry + 28, 2), extra = entry + 46 + nameLength
            let name = String(decoding: archive[entry + 46..<extra], as: UTF8.self)
            let (size, start) = (number(extra + 4, 8), number(extra + 20, 8))
            try #require(signature(start) == "PK\u{3}\u{4}")
            #expect(number(start + 14, 4) == number(entry + 16, 4))
            let first = start + 30 + number(start + 26, 2) + number(start + 28, 2)
            let contents = Data(archive[first..<first + size])
            let checksum = contents.withUnsafeBytes { crc32_z(0, $0.bindMemory(to: UInt8.self).baseAddress, $0.count) }
            #expect(Int(checksum) == number(entry + 16, 4), "\(name)")
            entries.append((name, contents))
            entry = extra + number(entry + 30, 2)
        }
        #expect(entry == end64)
        return entries
    }
}
