/// A place where a compressed network projects what a layer reads to principal components.
public struct CompressibleInput: Hashable, Sendable {
    /// Of its parameters: `features.3`, `linear.0`; of two layers that read the same, of their block.
    public let name: String
    /// Numbers that the components are over: channels, or everything that a linear layer reads.
    public let inputs: Int
    /// Values of each of them for one image, one for each position.
    public let positions: Int
}

/// The sizes of a compressed network.
public struct CompressedShape: Hashable, Sendable {
    /// Components of each compressible input; 0 where there is no projection.
    public let dimensions: [Int]
    /// Outputs of each weight layer, the last one's too: channels of a convolution, neurons of a linear layer.
    public let outputs: [Int]

    public init(dimensions: [Int], outputs: [Int]) { (self.dimensions, self.outputs) = (dimensions, outputs) }
}

/// A convolution or a linear layer as compression sees it.
private struct WeightLayer {
    /// Places of a kernel; 1 of a linear layer.
    let taps: Int
    /// Numbers that it reads at each of them.
    let inputs: Int
    let outputs: Int
    /// The compressible input that it reads; nil for the first convolution.
    let place: Int?
    /// Whether batch norm follows, in place of a bias.
    let isNormalised: Bool
}

extension Settings {
    /// Whether outputs of layers are added to others, so that none can be dropped.
    var hasSums: Bool {
        structure != .chain || features.contains { if case .residual = $0 { true } else { false } }
    }

    /// The network's weight layers in forward order, and the places at which it can be compressed.
    private var compressible: (layers: [WeightLayer], inputs: [CompressibleInput]) {
        var layers: [WeightLayer] = [], inputs: [CompressibleInput] = [], convolutions = 0, blocks = 0
        func place(_ name: String, _ read: Shape) -> Int {
            inputs.append(CompressibleInput(name: name, inputs: read.channels, positions: read.height * read.width))
            return inputs.count - 1
        }
        func append(_ convolution: FeatureConvolution, reading place: Int?) {
            layers.append(
                WeightLayer(
                    taps: convolution.kernel * convolution.kernel, inputs: convolution.input.channels,
                    outputs: convolution.output.channels, place: place, isNormalised: convolution.isNormalised))
        }
        for part in featureSides {
            let made = part.layer.convolutions(part.input)
            switch part.layer {
            case .convolution, .normalisedConvolution:
                append(made[0], reading: layers.isEmpty ? nil : place("features.\(convolutions)", part.input))
                convolutions += 1
            case .residual:
                let name = "features.blocks.\(blocks)"
                // A projection shortcut reads what the first convolution does, and shares its components.
                let first = place(made.count > 2 ? name : name + ".conv1", part.input)
                append(made[0], reading: first)
                append(made[1], reading: place(name + ".conv2", made[1].input))
                if made.count > 2 { append(made[2], reading: first) }
                blocks += 1
            case .maxPool, .globalMaxPool, .averagePool: break
            }
        }
        for (index, widths) in zip(layerWidths, layerWidths.dropFirst()).enumerated() {
            let place = place("linear.\(index)", .vector(widths.0))
            layers.append(WeightLayer(taps: 1, inputs: widths.0, outputs: widths.1, place: place, isNormalised: false))
        }
        return (layers, inputs)
    }

    /// Every place that can be compressed, in forward order: the inputs of all weight layers but the first convolution.
    public var compressibleInputs: [CompressibleInput] { compressible.inputs }

    /// The sizes after compression to so many components of each compressible input.
    public func compressedShape(_ compression: Compression, dimensions: [Int]) -> CompressedShape {
        let kept = compression.keepOutputs
        let outputs = weightOutputs.enumerated().map { index, count in
            kept.indices.contains(index) && kept[index] > 0 ? kept[index] : count
        }
        return CompressedShape(dimensions: dimensions, outputs: outputs)
    }

    /// Of each weight layer, the compressible input that it reads; nil for the first convolution.
    public var weightPlaces: [Int?] { compressible.layers.map(\.place) }

    /// Outputs of each weight layer of the full network.
    public var weightOutputs: [Int] { compressible.layers.map(\.outputs) }

    /// The sizes after compression, where they do not depend on the variances.
    public var compressedShape: CompressedShape? { compress.flatMap { compressedShape($0) { _ in nil } } }

    /// The sizes after compression.
    /// - Parameter variances: those of a compressible input's components, the largest first; nil where they are not known.
    public func compressedShape(_ compression: Compression, variances: (Int) -> [Double]?) -> CompressedShape? {
        let inputs = compressibleInputs
        var dimensions: [Int] = []
        for (index, input) in inputs.enumerated() {
            switch compression.rule {
            case .dimensions(let given): dimensions.append(given[index])
            case .fraction(let fraction): dimensions.append(max(1, Int((fraction * Double(input.inputs)).rounded(.up))))
            case .threshold(let bounds):
                guard let variances = variances(index) else { return nil }
                dimensions.append(max(1, variances.prefix(input.inputs).count { $0 > bounds[index] }))
            }
        }
        return compressedShape(compression, dimensions: dimensions)
    }

    /// Parameters of the compressed network: those that are trained, and with the components and means those that are stored.
    public func parameters(compressedTo shape: CompressedShape) -> (trained: Int, stored: Int) {
        let layers = compressible.layers
        var trained = linearParameters - Linear.mlp.parameters(linearDimensions), frozen: [Int: Int] = [:]
        for (index, layer) in layers.enumerated() {
            // Several positions of each output of the layer before, where that is flattened.
            let reads =
                index == 0 || hasSums
                ? layer.inputs : layer.inputs / layers[index - 1].outputs * shape.outputs[index - 1]
            let dimensions = layer.place.map { shape.dimensions[$0] } ?? 0, outputs = shape.outputs[index]
            // There is no bias before batch norm, but where the mean goes through the weights.
            let biases = layer.isNormalised ? (dimensions > 0 ? 3 : 2) : 1
            trained += layer.taps * (dimensions > 0 ? dimensions : reads) * outputs + biases * outputs
            if let place = layer.place, dimensions > 0 { frozen[place] = reads * (dimensions + 1) }
        }
        return (trained, trained + frozen.values.reduce(0, +))
    }
}
