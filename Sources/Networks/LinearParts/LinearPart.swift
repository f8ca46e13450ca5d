import Specs
import Tensors

/// The shape and settings that a linear part is built from.
public struct LinearPartShape: Sendable {
    /// n₀ … n_L: the features, the hidden widths, the classes.
    public var widths: [Int]
    /// What the setting `d` is for the part: dimensions of pcn's space, the rank of low_rank, and so on.
    public var d: Int
    /// Of each layer of pcn.
    public var weightFunctions: [WeightFunction]
    /// ω of sine_low_rank.
    public var omega = Settings.Default.omega
    /// What pcn has beyond the paper's. A window is over the first two coordinates: d is 2 or more.
    public var options = PointCloudOptions()
    /// The image whose pixels are the input neurons, channel by channel; nil where their points are placed as all others.
    public var grid: Shape?
    /// Of mlp, the principal components of each layer's input that it is over, 0 for the input itself; empty for a network as it is.
    public var components: [Int] = []
    public var seed: UInt64
    /// The most rows of a batch.
    public var batch: Int

    /// - Parameter weightFunction: the same for every layer.
    public init(
        widths: [Int], d: Int = Settings.Default.d, weightFunction: WeightFunction = WeightFunction(),
        grid: Shape? = nil, seed: UInt64 = 1, batch: Int
    ) {
        precondition(widths.count >= 2 && widths.allSatisfy { $0 >= 1 } && d >= 1 && batch >= 1)
        precondition(grid.map { $0.count == widths[0] && d >= 3 } ?? true)
        self.widths = widths
        self.d = d
        weightFunctions = Array(repeating: weightFunction, count: widths.count - 1)
        self.grid = grid
        self.seed = seed
        self.batch = batch
    }

    /// (index, n_i, n_{i+1}) of each layer.
    public var layers: [(index: Int, inputs: Int, outputs: Int)] {
        zip(widths, widths.dropFirst()).enumerated().map { ($0.offset, $0.element.0, $0.element.1) }
    }
}

/// How a linear part of a spec is built: its layers and parameters, initialised. A new one is a descriptor in `Specs`, a file
/// beside this one, and a line in each registry.
public struct LinearPart: Sendable {
    /// As its descriptor has it.
    public let name: String
    public let build: @Sendable (LinearPartShape) -> LinearStack

    public init(name: String, build: @escaping @Sendable (LinearPartShape) -> LinearStack) {
        (self.name, self.build) = (name, build)
    }

    /// Tests add to it for the duration of a closure.
    @TaskLocal public static var all: [LinearPart] = [
        .pcn, .mlp, .lowRank, .sineLowRank, .neuralField, .randomFeatures, .groupMask,
    ]

    public static func named(_ name: String) -> LinearPart? { all.first { $0.name == name } }
}

/// The layers of a linear part in forward order, and their parameters, each once.
public struct LinearStack: Sendable {
    public let layers: [any LinearLayer]
    public let parameters: [Parameter]
    /// Tensors that the layers multiply by and that are drawn from the seed, never trained: a checkpoint does not hold them.
    public let constants: [Parameter]
    /// How many layers make one linear map, from one width to the next.
    public let layersOfMap: Int
    /// F's amplitude in each layer of pcn, which its weights depend on besides the parameters; empty for other parts.
    public let amplitudes: [Float]

    /// The widths between the layers, those of its inputs and its outputs included.
    public var widths: [Int] { [layers[0].inputs] + layers.map(\.outputs) }

    public init(
        layers: [any LinearLayer], parameters: [Parameter], constants: [Parameter] = [], layersOfMap: Int = 1,
        amplitudes: [Float] = []
    ) {
        (self.layers, self.parameters, self.constants, self.amplitudes) = (layers, parameters, constants, amplitudes)
        self.layersOfMap = layersOfMap
    }
}
