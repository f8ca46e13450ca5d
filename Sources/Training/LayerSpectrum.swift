import Datasets
import Networks
import Specs
import Tensors

/// Variances of the principal components of a layer's inputs over training images, in descending order.
public struct LayerSpectrum: Codable, Sendable, Equatable {
    /// Such as `features.1` or `linear.0`.
    public let layer: String
    /// Numbers that the layer reads: channels, or everything of a linear layer.
    public let inputs: Int
    /// Components that a compressed network kept; 0 for a layer that it left, nil for a network that is not compressed.
    public let kept: Int?
    /// At most ``shown`` of them, evenly spaced, the first and the last included.
    public let variances: [Double]
    /// (Σλ)²/Σλ²: how many components of equal variance would be as wide.
    public let effectiveDimension: Double
    /// Components that hold 99 % of the variance.
    public let dimensionOf99Percent: Int

    /// Variances of a layer that are kept for a chart.
    public static let shown = 120

    private enum CodingKeys: String, CodingKey {
        case layer, inputs, kept, variances
        case effectiveDimension = "effective_dimension"
        case dimensionOf99Percent = "dimension_of_99_percent"
    }

    public init(layer: String, inputs: Int, kept: Int?, allVariances all: [Double]) {
        (self.layer, self.inputs, self.kept) = (layer, inputs, kept)
        let count = min(all.count, Self.shown)
        variances = (0..<count).map { all[count == 1 ? 0 : $0 * (all.count - 1) / (count - 1)] }
        let sum = all.reduce(0, +), squares = all.reduce(0) { $0 + $1 * $1 }
        effectiveDimension = squares > 0 ? sum * sum / squares : 0
        var rest = 0.99 * sum
        dimensionOf99Percent =
            all.prefix { variance in
                defer { rest -= variance }
                return rest > 0
            }.count
    }
}

extension Settings {
    /// The spectra that a compressed run's checkpoint holds; nil for another checkpoint.
    public func spectra(_ checkpoint: Safetensors) -> [LayerSpectrum]? {
        guard let compressed = TrainedNetwork.Compressed(self, metadata: checkpoint.metadata) else { return nil }
        let layers = zip(compressibleInputs, compressed.shape.dimensions)
        return zip(layers, compressed.variances).compactMap { layer, stored in
            guard (try? checkpoint.load(stored.name, into: stored.tensor)) != nil else { return nil }
            return LayerSpectrum(
                layer: layer.0.name, inputs: layer.0.inputs, kept: layer.1, allVariances: stored.tensor.elements.map(Double.init))
        }
    }

    /// The spectra of a network with the weights of a checkpoint, measured on so many training images.
    /// - Throws: `Safetensors.Failure` for a checkpoint that is not of these settings.
    public func spectra(
        _ checkpoint: Safetensors, _ data: TrainingData, samples: Int, threads: Int
    ) throws -> [LayerSpectrum] {
        let compressed = TrainedNetwork.Compressed(self, metadata: checkpoint.metadata)
        let trained = TrainedNetwork(self, data, workers: Workers(threads: threads), compressed: compressed)
        try checkpoint.load(weightsOf: trained.network.parameters)
        let found = trained.network.principalComponents(self, data, samples: samples)
        return zip(compressibleInputs, found).enumerated().compactMap { index, layer in
            layer.1.map {
                LayerSpectrum(
                    layer: layer.0.name, inputs: $0.variances.count, kept: compressed?.shape.dimensions[index],
                    allVariances: $0.variances)
            }
        }
    }

}
