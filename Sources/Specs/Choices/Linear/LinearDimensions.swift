/// The dimensions of a linear part, from which its descriptor computes counts.
public struct LinearDimensions: Sendable {
    /// n₀ … n_L: the features that come in, the hidden widths, the classes.
    public let widths: [Int]
    /// Dimensions of a PCN's space, or the rank; 0 for a linear part without d.
    public let d: Int

    public init(widths: [Int], d: Int) { (self.widths, self.d) = (widths, d) }

    /// Each layer's (n_i, n_{i+1}).
    var layers: [(inputs: Int, outputs: Int)] {
        zip(widths, widths.dropFirst()).map { (inputs: $0, outputs: $1) }
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

    init(inputs: Int, outputs: Int, d: Int) { (self.inputs, self.outputs, self.d) = (inputs, outputs, d) }
}
