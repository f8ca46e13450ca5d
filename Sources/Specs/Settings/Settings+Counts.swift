extension Settings {
    /// Parameters of the linear part that act, biases included.
    ///
    /// A PCN has d·Σ nᵢ coordinates over all its clouds and a bias for every neuron but the inputs'.
    public var linearParameters: Int {
        let layers = zip(layerWidths, layerWidths.dropFirst())
        let biases = layerWidths.dropFirst().reduce(0, +)
        return switch linear {
        case .pcn: (d ?? 0) * layerWidths.reduce(0, +) + biases
        case .mlp: layers.map { $0 * $1 }.reduce(0, +) + biases
        case .lowRank: layers.map { (d ?? 0) * ($0 + $1) }.reduce(0, +) + biases
        }
    }

    /// Parameters as Table 1 counts them: with the biases of a PCN's input cloud, which do nothing.
    public var paperLinearParameters: Int {
        switch linear {
        case .pcn: linearParameters + layerWidths[0]
        case .mlp, .lowRank: linearParameters
        }
    }

    /// Batches of an epoch, the last of which may be short.
    public var batchesPerEpoch: Int { (trainImages - 1) / batchSize + 1 }

    /// Multiply-adds over one training epoch.
    public var multiplyAddsPerEpoch: MultiplyAdds {
        let layers = Array(zip(layerWidths, layerWidths.dropFirst()))
        // One product forward, one for the weights' gradient, one for the inputs'; nothing asks for the first inputs'.
        let perImage: Int
        switch linear {
        case .pcn, .mlp:
            perImage = 3 * layers.map { $0 * $1 }.reduce(0, +) - layers[0].0 * layers[0].1
        case .lowRank:
            perImage = (d ?? 0) * (3 * layers.map { $0 + $1 }.reduce(0, +) - layers[0].0)
        }
        // With features in front, the gradient of the linear part's inputs is asked for.
        let first = linear == .lowRank ? (d ?? 0) * layers[0].0 : layers[0].0 * layers[0].1
        let features = featureSides.isEmpty ? 0 : convolutionMultiplyAdds + first
        // Once a step, not once an image: the distances forward, and the gradients of both clouds.
        let pairs = (linear == .pcn ? layers.map { $0 * $1 }.reduce(0, +) : 0) + (convolution == .pcn ? convolutionWeights : 0)
        return MultiplyAdds(products: trainImages * (perImage + features), distances: batchesPerEpoch * 3 * (d ?? 0) * pairs)
    }
}

/// Multiply-adds by what they are spent on; one multiply-add is two floating-point operations.
public struct MultiplyAdds: Hashable, Sendable {
    /// Products of activations with weights, forward and backward; low_rank is counted as two thin products a layer.
    public let products: Int
    /// A PCN's d-dimensional work on distances and their gradients (§6.2), once a step.
    public let distances: Int

    /// Both together.
    public var total: Int { products + distances }
}
