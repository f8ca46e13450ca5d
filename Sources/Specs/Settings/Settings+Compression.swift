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

extension Settings {
    /// Whether the layers that read an input are added to it or to others, so that their outputs cannot be dropped.
    private var hasSums: Bool {
        structure != .chain || features.contains { if case .residual = $0 { true } else { false } }
    }

    /// Every place that can be compressed, in forward order: the inputs of all weight layers but the first convolution.
    public var compressibleInputs: [CompressibleInput] {
        var inputs: [CompressibleInput] = [], convolutions = 0, blocks = 0
        for part in featureSides {
            let positions = part.input.height * part.input.width
            switch part.layer {
            case .convolution, .normalisedConvolution:
                if convolutions + blocks > 0 {
                    inputs.append(
                        CompressibleInput(
                            name: "features.\(convolutions)", inputs: part.input.channels, positions: positions))
                }
                convolutions += 1
            case .residual:
                let name = "features.blocks.\(blocks)", made = part.layer.convolutions(part.input)
                // A projection shortcut and the first convolution read the same, and share its components.
                inputs.append(
                    CompressibleInput(
                        name: made.count > 2 ? name : name + ".conv1", inputs: part.input.channels, positions: positions))
                inputs.append(
                    CompressibleInput(
                        name: name + ".conv2", inputs: made[1].input.channels,
                        positions: made[1].input.height * made[1].input.width))
                blocks += 1
            case .maxPool, .globalMaxPool, .averagePool: break
            }
        }
        return inputs
            + layerWidths.dropLast().enumerated().map { CompressibleInput(name: "linear.\($0)", inputs: $1, positions: 1) }
    }

    /// Outputs of each weight layer of the full network.
    public var weightOutputs: [Int] { featureConvolutions.map(\.output.channels) + layerWidths.dropFirst() }

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
        let kept = compression.keepOutputs
        let outputs = weightOutputs.enumerated().map { index, count in
            kept.indices.contains(index) && kept[index] > 0 ? kept[index] : count
        }
        return CompressedShape(dimensions: dimensions, outputs: outputs)
    }

    /// Parameters of the compressed network: those that are trained, and with the components and means those that are stored.
    public func parameters(compressedTo shape: CompressedShape) -> (trained: Int, stored: Int) {
        var trained = 0, frozen = 0, place = 0, layer = 0
        // What the next layer reads, in channels, and how many inputs of a linear layer each channel is.
        var channels = dataset.channels
        let inputs = compressibleInputs
        func projected(_ count: Int) -> Int {
            defer { place += 1 }
            guard shape.dimensions[place] > 0 else { return 0 }
            frozen += count * (shape.dimensions[place] + 1)
            return shape.dimensions[place]
        }
        func convolution(_ reads: Int, _ dimensions: Int, kernel: Int, isNormalised: Bool) {
            let outputs = shape.outputs[layer]
            trained += (dimensions > 0 ? dimensions : reads) * kernel * kernel * outputs
            // Without a bias before batch norm, but where the mean goes through the weights.
            trained += isNormalised ? 2 * outputs + (dimensions > 0 ? outputs : 0) : outputs
            layer += 1
        }
        for part in featureSides {
            switch part.layer {
            case .convolution(_, let kernel, _, _):
                let dimensions = layer == 0 ? 0 : projected(channels)
                convolution(channels, dimensions, kernel: kernel, isNormalised: false)
                channels = shape.outputs[layer - 1]
            case .normalisedConvolution(_, let kernel, _, _):
                let dimensions = layer == 0 ? 0 : projected(channels)
                convolution(channels, dimensions, kernel: kernel, isNormalised: true)
                channels = shape.outputs[layer - 1]
            case .residual:
                let made = part.layer.convolutions(part.input), first = projected(channels)
                convolution(channels, first, kernel: 3, isNormalised: true)
                convolution(shape.outputs[layer - 1], projected(shape.outputs[layer - 1]), kernel: 3, isNormalised: true)
                if made.count > 2 { convolution(channels, first, kernel: 1, isNormalised: true) }
                channels = made[1].output.channels
            case .maxPool, .globalMaxPool, .averagePool: break
            }
        }
        let positions = featureSides.isEmpty ? 1 : linearInputs / (featureSides.last?.output.channels ?? 1)
        var reads = featureSides.isEmpty ? inputs[place].inputs : channels * positions
        for map in 0..<layerWidths.count - 1 {
            if structure != .chain { reads = layerWidths[map] }
            let dimensions = projected(reads), outputs = shape.outputs[layer]
            trained += (dimensions > 0 ? dimensions : reads) * outputs + outputs
            layer += 1
            reads = outputs
        }
        trained += linearParameters - Linear.mlp.parameters(linearDimensions)
        return (trained, trained + frozen)
    }

    /// What is wrong with a compression of this network; nil where nothing is.
    func fault(of compression: Compression) -> (member: String, found: String, remedy: String)? {
        let inputs = compressibleInputs, names = inputs.map(\.name).joined(separator: ", ")
        if compression.after >= epochs {
            return (
                "after", "\(compression.after) of \(epochs.grouped) epochs",
                "expected fewer: the compressed network is trained on"
            )
        }
        switch compression.rule {
        case .dimensions(let dimensions):
            if dimensions.count != inputs.count {
                return ("dimensions", "a list of \(dimensions.count)", "expected \(inputs.count) numbers, for \(names)")
            }
            for (count, input) in zip(dimensions, inputs) where count > input.inputs {
                return (
                    "dimensions", "\(count.grouped) for \(input.name)",
                    "it has \(input.inputs.grouped) inputs: expected at most as many, or 0 to leave it"
                )
            }
            if dimensions.allSatisfy({ $0 == 0 }) { return ("dimensions", "zeros alone", "expected a layer to compress") }
        case .threshold(let bounds):
            if let count = bounds.count, count != inputs.count {
                return ("threshold", "a list of \(count)", "expected a number, or \(inputs.count) numbers, for \(names)")
            }
        case .fraction: break
        }
        return fault(ofKept: compression)
    }

    private func fault(ofKept compression: Compression) -> (member: String, found: String, remedy: String)? {
        let kept = compression.keepOutputs, outputs = weightOutputs
        if kept.isEmpty { return nil }
        if hasSums {
            return ("keep_outputs", "outputs to drop", "in a network that adds its layers' outputs, all are needed: leave it out")
        }
        if kept.count != outputs.count - 1 {
            return (
                "keep_outputs", "a list of \(kept.count)",
                "expected \(outputs.count - 1) numbers, one for each layer but the last"
            )
        }
        // The layer after it ranks the outputs: of a network without features, the first projection is that of the images.
        let shift = compressibleInputs.count - kept.count
        for (layer, (count, all)) in zip(kept, outputs).enumerated() where count > 0 {
            if count > all {
                return (
                    "keep_outputs", "\(count.grouped)",
                    "the layer has \(all.grouped) outputs: expected at most as many, or 0 for all"
                )
            }
            if case .dimensions(let dimensions) = compression.rule, dimensions[layer + shift] == 0 {
                return (
                    "keep_outputs", "\(count.grouped) outputs of a layer",
                    "they are ranked by the components of the next one, which has none: give it dimensions, or 0 here"
                )
            }
        }
        return nil
    }
}
