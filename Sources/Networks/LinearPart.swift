import Tensors

/// The shape and settings that a linear part is built from.
public struct LinearPartShape: Sendable {
    /// n₀ … n_L: the features that come in, the hidden widths, the classes.
    public var widths: [Int]
    /// d of pcn, rank of low_rank.
    public var d: Int
    public var form: PointCloudForm
    public var seed: UInt64
    /// The most rows that a batch will have.
    public var batch: Int

    public init(
        widths: [Int], d: Int = 16, form: PointCloudForm = PointCloudForm(), seed: UInt64 = 1, batch: Int
    ) {
        precondition(widths.count >= 2 && widths.allSatisfy { $0 >= 1 } && d >= 1 && batch >= 1)
        self.widths = widths
        self.d = d
        self.form = form
        self.seed = seed
        self.batch = batch
    }

    /// (index, n_i, n_{i+1}) of each layer.
    var layers: [(index: Int, inputs: Int, outputs: Int)] {
        zip(widths, widths.dropFirst()).enumerated().map { ($0.offset, $0.element.0, $0.element.1) }
    }
}

/// A kind of linear part: its name in a spec, and how its layers and parameters are made and initialised.
/// A new one is a file like those beside this one and a line in `all`.
public struct LinearPart: Sendable {
    public let name: String
    public let build: @Sendable (LinearPartShape) -> LinearStack

    public static let all: [LinearPart] = [.pcn, .mlp, .lowRank]

    public static func named(_ name: String) -> LinearPart? { all.first { $0.name == name } }
}

/// The layers of a linear part in forward order, and their parameters, each once.
public struct LinearStack: Sendable {
    public let layers: [any LinearLayer]
    public let parameters: [Parameter]
}

extension LinearPart {
    /// Point clouds l₀ … l_L, each shared by the layers on both its sides, and biases b₁ … b_L (§3).
    /// Positions are uniform in [−1, 1], biases in [−0.1, 0.1] (§4.4).
    public static let pcn = LinearPart(name: "pcn") { shape in
        let clouds = shape.widths.enumerated().map { index, neurons in
            Parameter(
                "clouds.\(index)", [neurons, shape.d], rateFactor: PointCloudForm.rateFactor(neurons), isShared: true)
        }
        let biases = shape.layers.map {
            Parameter("biases.\($0.index + 1)", [$0.outputs], rateFactor: PointCloudForm.rateFactorOfBiases)
        }
        clouds.forEach { $0.initialise(seed: shape.seed, bound: 1) }
        biases.forEach { $0.initialise(seed: shape.seed, bound: 0.1) }
        let layers = shape.layers.map { index, inputs, _ in
            PointCloudLayer(
                inputCloud: clouds[index], outputCloud: clouds[index + 1], bias: biases[index],
                wave: shape.form.kernel(inputs: inputs), distance: shape.form.distance)
        }
        return LinearStack(layers: layers, parameters: clouds + biases)
    }

    /// Dense layers, initialised as PyTorch does: weights and biases uniform in ±1/√n (§4.4).
    public static let mlp = LinearPart(name: "mlp") { shape in
        let layers = shape.layers.map { index, inputs, outputs in
            DenseLayer(
                weight: Parameter("weights.\(index)", [outputs, inputs]), bias: Parameter("biases.\(index + 1)", [outputs]))
        }
        for layer in layers {
            let bound = 1 / Double(layer.inputs).squareRoot()
            layer.weight.initialise(seed: shape.seed, bound: bound)
            layer.bias.initialise(seed: shape.seed, bound: bound)
        }
        return LinearStack(layers: layers, parameters: layers.flatMap { [$0.weight, $0.bias] })
    }

    /// W = U·Vᵀ. U is uniform in ±1/√n as a dense layer is, V in ±√(3/d): a weight, the sum of d products, then has the
    /// dense layer's variance d · 1/(3n) · 1/d = 1/(3n). Biases as in dense layers.
    public static let lowRank = LinearPart(name: "low_rank") { shape in
        let layers = shape.layers.map { index, inputs, outputs in
            LowRankLayer(
                u: Parameter("u.\(index)", [inputs, shape.d]), v: Parameter("v.\(index)", [outputs, shape.d]),
                bias: Parameter("biases.\(index + 1)", [outputs]), hidden: Tensor(shape.batch, shape.d))
        }
        for layer in layers {
            let bound = 1 / Double(layer.inputs).squareRoot()
            layer.u.initialise(seed: shape.seed, bound: bound)
            layer.v.initialise(seed: shape.seed, bound: (3 / Double(shape.d)).squareRoot())
            layer.bias.initialise(seed: shape.seed, bound: bound)
        }
        return LinearStack(layers: layers, parameters: layers.flatMap { [$0.u, $0.v, $0.bias] })
    }
}
