/// Trained gains of a PCN's weights: W[j, k] = g · F(z(a_j, b_k)), 1 at first.
public struct Gain: Choice {
    public let name: String
    public let summary: String

    /// The paper's.
    public static let none = Gain(name: "none", summary: "no gains")
    /// Each layer has one g.
    public static let layer = Gain(name: "layer", summary: "one for each layer")
    /// Each output neuron k of a layer has its own g_k.
    public static let neuron = Gain(name: "neuron", summary: "one for each output neuron of each layer")

    @TaskLocal public static var all: [Gain] = [.none, .layer, .neuron]
}

/// What the linear part of a PCN has beyond the paper's, each off by default.
public struct PointCloudForm: Hashable, Sendable {
    public var gain: Gain

    public init(gain: Gain = Settings.Default.gain) { self.gain = gain }
}

extension LinearDimensions {
    /// Number of trained gains.
    var gains: Int {
        switch form.gain {
        case .layer: layers.count
        case .neuron: biases
        default: 0
        }
    }
}
