/// The dimensions of a linear part, from which its descriptor computes counts.
public struct LinearDimensions: Sendable {
    /// n₀ … n_L: the features that come in, the hidden widths, the classes.
    public let widths: [Int]
    /// Dimensions of a PCN's space, or the rank; 0 for a linear part without d.
    public let d: Int
    /// What a PCN has beyond the paper's.
    public let options: PointCloudOptions

    public init(widths: [Int], d: Int, options: PointCloudOptions = PointCloudOptions()) {
        (self.widths, self.d, self.options) = (widths, d, options)
    }

    /// Each layer's (n_i, n_{i+1}).
    var layers: [(inputs: Int, outputs: Int)] {
        zip(widths, widths.dropFirst()).map { (inputs: $0, outputs: $1) }
    }

    /// The layers with what each takes from d and the options.
    var eachLayer: [LinearLayerDimensions] {
        layers.enumerated().map { index, layer in
            // A window has a distance in two dimensions of its own.
            let window = options.window == .gaussian && index == 0 ? 2 : 0
            return LinearLayerDimensions(
                inputs: layer.inputs, outputs: layer.outputs, d: d, factors: window + (options.gain == .none ? 0 : 1))
        }
    }

    /// Number of biases, one for each neuron but the inputs.
    var biases: Int { widths.dropFirst().reduce(0, +) }
}

/// The dimensions of one layer of a linear part.
struct LinearLayerDimensions: Sendable {
    /// n_i
    let inputs: Int
    /// n_{i+1}
    let outputs: Int
    /// d, as in `LinearDimensions`.
    let d: Int
    /// Multiply-adds that a weight of a PCN takes beside its distance's d.
    let factors: Int

    init(inputs: Int, outputs: Int, d: Int, factors: Int = 0) {
        (self.inputs, self.outputs, self.d, self.factors) = (inputs, outputs, d, factors)
    }
}
