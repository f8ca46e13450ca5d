import Specs
import Tensors

/// The layers of a network from the images to the logits, and every parameter once.
public struct NetworkPlan: Sendable {
    public let layers: [any Layer]
    public let parameters: [Parameter]
    /// Whether the rows are a graph's nodes, of which some have no label.
    public let readsGraph: Bool
    /// What the linear part reads of the features; nil where it reads the images.
    public let featureOutput: Shape?
    /// Those of them that belong to activations, the last ones.
    public let activations: [Parameter]
    /// What the linear part multiplies by and is not trained, besides the constants of its stack.
    public let constants: [Parameter]
}

/// How the linear part of a network is put together.
public struct LinearOptions: Sendable {
    public var structure: Structure
    /// Whether each hidden vector is normalised before its activation.
    public var isNormalised: Bool
    /// Whether a trained polynomial of ReLU follows each hidden layer, in place of ReLU.
    public var isPolynomial: Bool
    /// In training, before some layers; nil for none.
    public var dropout: Dropout?
    /// Of a graph whose nodes are the rows: before each map a node's vector becomes a sum over its neighbours; nil where there is none.
    public var adjacency: SparseMatrix?
    /// Numbers that it reads, where a fixed lift comes before it.
    public var inputs: Int
    public var seed: UInt64
    /// The most rows of a pass.
    public var batch: Int

    public init(
        structure: Structure = .chain, isNormalised: Bool = false, isPolynomial: Bool = false, dropout: Dropout? = nil,
        adjacency: SparseMatrix? = nil, inputs: Int = 0, seed: UInt64 = 1, batch: Int = 1
    ) {
        (self.structure, self.isNormalised, self.isPolynomial) = (structure, isNormalised, isPolynomial)
        (self.dropout, self.adjacency, self.inputs, self.seed, self.batch) = (dropout, adjacency, inputs, seed, batch)
    }
}

extension NetworkPlan {
    /// Features, if there are any, then a linear part.
    public init(_ linear: LinearStack, after features: FeatureStack? = nil, _ options: LinearOptions = LinearOptions()) {
        var builder = LinearBuilder(linear, options)
        readsGraph = options.adjacency != nil
        featureOutput = features?.layers.last?.output
        layers = (features?.layers ?? []) + builder.layers()
        (activations, constants) = (builder.activations, builder.constants)
        parameters = (features?.parameters ?? []) + linear.parameters + activations
    }
}

/// Connects the layers of a linear part, and puts activations, normalisation and dropout between them.
private struct LinearBuilder {
    private let options: LinearOptions
    /// The layers of each linear map, most often one: those of one map have plain ReLU between them.
    private let maps: [[any LinearLayer]]
    private(set) var activations: [Parameter] = []
    private(set) var constants: [Parameter] = []

    init(_ linear: LinearStack, _ options: LinearOptions) {
        self.options = options
        maps = stride(from: 0, to: linear.layers.count, by: linear.layersOfMap).map {
            Array(linear.layers[$0..<$0 + linear.layersOfMap])
        }
    }

    mutating func layers() -> [any Layer] {
        let last = maps.count - 1
        switch options.structure {
        case .parallel where last > 1:
            let first = hidden(0)
            let branches = stride(from: 1, to: last, by: 2).map { block($0) }
            return first + [residual(branches)] + map(last)
        case .hourglass:
            let blocks = stride(from: 0, to: last, by: 2).map { residual([block($0)]) }
            return [lift()] + blocks + map(last)
        default:
            return (0..<last).flatMap { hidden($0) } + dropped(last) + map(last)
        }
    }

    private func residual(_ branches: [[any Layer]]) -> any Layer {
        ResidualLayer(branches, hasIdentity: true, hasReLU: false, batch: options.batch)
    }

    /// Two maps with a hidden vector between them.
    private mutating func block(_ index: Int) -> [any Layer] {
        let first = hidden(index, isDropped: false)
        return first + dropout(index + 1, first[first.count - 1].output) + map(index + 1)
    }

    /// A map and what follows it: normalisation and an activation.
    private mutating func hidden(_ index: Int, isDropped: Bool = true) -> [any Layer] {
        var layers = (isDropped ? dropped(index) : []) + map(index, hasReLU: !options.isNormalised && !options.isPolynomial)
        let output = layers[layers.count - 1].output
        if options.isNormalised { layers.append(NormaliseLayer(input: output)) }
        if options.isPolynomial {
            let polynomial = PolyReLULayer(input: output, name: "activations.\(index)")
            layers.append(polynomial)
            activations.append(polynomial.polynomial)
        }
        return layers
    }

    private func map(_ index: Int, hasReLU: Bool = false) -> [any Layer] {
        var layers: [any Layer] = []
        if let adjacency = options.adjacency {
            layers.append(PropagateLayer(input: .vector(maps[index][0].inputs), adjacency: adjacency))
        }
        for (place, layer) in maps[index].enumerated() {
            layers.append(LinearStage(layer: layer, hasReLU: place < maps[index].count - 1 || hasReLU))
        }
        return layers
    }

    /// Dropout before a map of a chain, where the network has it.
    private func dropped(_ index: Int) -> [any Layer] {
        let isWanted = options.dropout?.layers.contains(index, of: maps.count)
        return isWanted == true ? dropout(index, .vector(maps[index][0].inputs)) : []
    }

    private func dropout(_ index: Int, _ input: Shape) -> [any Layer] {
        guard let dropout = options.dropout else { return [] }
        return [DropoutLayer(input: input, rate: dropout.rate, seed: dropout.seed, purpose: "dropout/\(index)")]
    }

    /// A fixed random map of the input to the first width, which keeps the size of what passes: uniform with variance 1/n.
    private mutating func lift() -> any Layer {
        let layer = DenseLayer(
            fixed: "lift", inputs: options.inputs, outputs: maps[0][0].inputs, seed: options.seed,
            bound: (3 / Double(options.inputs)).squareRoot())
        constants.append(layer.weight)
        return LinearStage(layer: layer, hasReLU: false)
    }
}
