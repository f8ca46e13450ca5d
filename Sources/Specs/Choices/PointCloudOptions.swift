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

/// Whether the layers of a PCN share clouds.
public struct CloudSharing: Choice {
    public let name: String
    public let summary: String

    /// The paper's (§3).
    public static let tied = CloudSharing(name: "tied", summary: "one between two layers, which share it")
    /// Every layer has both clouds for itself.
    public static let untied = CloudSharing(name: "untied", summary: "one for the inputs and one for the outputs of each layer")

    @TaskLocal public static var all: [CloudSharing] = [.tied, .untied]
}

/// Whether ε is trained.
public struct LearnedEpsilon: Choice {
    public let name: String
    public let summary: String

    /// The paper's: it stays what it is.
    public static let none = LearnedEpsilon(name: "none", summary: "it stays as given")
    /// ε · exp(p) with a trained p for each layer, 0 at first, so that it stays positive.
    public static let layer = LearnedEpsilon(name: "layer", summary: "each layer trains its own, from the given one on")

    @TaskLocal public static var all: [LearnedEpsilon] = [.none, .layer]
}

/// A window over the picture for the first layer of a PCN whose input neurons are on a grid.
public struct Window: Choice {
    public let name: String
    public let summary: String

    /// The paper's.
    public static let none = Window(name: "none", summary: "nothing")
    /// W[j, k] is multiplied by exp(−r²/2w_k²), r the distance of the input neuron j and the output neuron k in the first two
    /// coordinates, w_k = ½·exp(p_k) the trained width of k, p_k 0 at first.
    public static let gaussian = Window(
        name: "gaussian",
        summary: "exp(−r²/2w²), r the distance in the picture and w a trained width of each output neuron, ½ at first")

    /// The width at first, in units of half a picture's side.
    public static let initialWidth = 0.5

    @TaskLocal public static var all: [Window] = [.none, .gaussian]
}

/// What the linear part of a PCN has beyond the paper's, each off by default.
public struct PointCloudOptions: Hashable, Sendable {
    public var clouds: CloudSharing
    public var gain: Gain
    public var learnEpsilon: LearnedEpsilon
    public var window: Window

    public init(
        clouds: CloudSharing = Settings.Default.clouds, gain: Gain = Settings.Default.gain,
        learnEpsilon: LearnedEpsilon = Settings.Default.learnEpsilon, window: Window = Settings.Default.window
    ) {
        (self.clouds, self.gain, self.learnEpsilon, self.window) = (clouds, gain, learnEpsilon, window)
    }
}

extension LinearDimensions {
    /// Positions of a PCN in all of its clouds.
    var positions: Int {
        options.clouds == .untied ? layers.map { $0.inputs + $0.outputs }.reduce(0, +) : widths.reduce(0, +)
    }

    /// Number of trained widths of a window.
    var windows: Int { options.window == .gaussian ? widths[1] : 0 }

    /// Number of trained ε.
    var epsilons: Int { options.learnEpsilon == .layer ? layers.count : 0 }

    /// Number of trained gains.
    var gains: Int {
        switch options.gain {
        case .layer: layers.count
        case .neuron: biases
        default: 0
        }
    }
}
