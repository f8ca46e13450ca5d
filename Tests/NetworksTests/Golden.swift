import Foundation
import Tensors
import Testing

@testable import Networks

/// The golden vectors: results of an independent implementation (float64 automatic differentiation).
enum Golden {
    static let folder = Bundle.module.resourceURL!.appending(path: "Goldens")

    static func load(_ name: String) throws -> Safetensors {
        try Safetensors(Data(contentsOf: folder.appending(path: "\(name).safetensors")))
    }

    static func names(_ prefix: String) -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasPrefix(prefix) }.map { String($0.dropLast(".safetensors".count)) }.sorted()
    }
}

/// ‖ours − golden‖ / ‖golden‖
func relativeError(_ ours: some Sequence<Float>, _ golden: some Sequence<Float>) -> Double {
    var (difference, norm) = (0.0, 0.0)
    for (a, b) in zip(ours, golden) {
        difference += (Double(a) - Double(b)) * (Double(a) - Double(b))
        norm += Double(b) * Double(b)
    }
    return (difference / max(norm, 1e-300)).squareRoot()
}

extension Tensor {
    convenience init(_ golden: Safetensors, _ name: String) throws {
        self.init(try golden.shape(name))
        try golden.load(name, into: self)
    }
}
