import Networks
import Specs
import Tensors

// The names of a spec, turned into the engine's parts. A name without a part is a mistake of ours: tests walk the registries.

extension Settings {
    /// The run's network, freshly initialised, for batches of up to `batch` rows, with its own linear part or another.
    /// - Parameters:
    ///   - compressed: the sizes of a network that is compressed already; nil for the network as it is trained first.
    ///   - adjacency: of the graph, for a network that reads one. Without it, the network has the same parameters.
    public func networkPlan(
        batch: Int, linear other: LinearStack? = nil, compressed: CompressedShape? = nil, adjacency: SparseMatrix? = nil
    ) -> NetworkPlan {
        let linear = other ?? linearStack(batch: batch, compressed: compressed)
        let rate = dropoutInForce
        let options = LinearOptions(
            structure: structure, isNormalised: normalise == .layer, isPolynomial: activation == .polyReLU,
            dropout: rate > 0 ? Dropout(rate: rate, before: architecture.dropped, seed: UInt64(seed)) : nil, adjacency: adjacency,
            inputs: linearInputs, seed: UInt64(seed), batch: batch)
        guard !architecture.features.isEmpty else { return NetworkPlan(linear, options) }
        let points = convolution == .pcn ? d.map { FeatureStack.Points(d: $0, weightFunction: weightFunction(layer: 0)) } : nil
        var features = FeatureStack(inputSides, seed: UInt64(seed), batch: batch, points: points)
        var sizes = CompressedSizes(compressed)
        for (index, part) in featureSides.enumerated() {
            let layer = part.layer, made = layer.convolutions(part.input).count
            switch layer {
            case .convolution(let channels, let kernel, let stride, let padding):
                features.convolution(
                    sizes.outputs() ?? channels, kernel: kernel, stride: stride, padding: padding,
                    components: index == 0 ? 0 : sizes.components())
            case .normalisedConvolution(let channels, let kernel, let stride, let padding):
                features.normalisedConvolution(
                    sizes.outputs() ?? channels, kernel: kernel, stride: stride, padding: padding,
                    components: index == 0 ? 0 : sizes.components())
            case .residual(let channels, let stride):
                for _ in 0..<made { _ = sizes.outputs() }
                features.residual(channels, stride: stride, components: (sizes.components(), sizes.components()))
            case .maxPool(let kernel, let stride): features.maxPool(kernel: kernel, stride: stride)
            case .globalMaxPool: features.globalMaxPool()
            case .averagePool(let side): features.averagePool(side: side)
            }
        }
        return NetworkPlan(linear, after: features, options)
    }

    /// The run's linear part, freshly initialised, for batches of up to `batch` rows.
    /// - Parameter compressed: as for `networkPlan`.
    public func linearStack(batch: Int, compressed: CompressedShape? = nil) -> LinearStack {
        guard let part = LinearPart.named(linear.name) else { preconditionFailure("no linear part \(linear.name)") }
        var shape = LinearPartShape(widths: layerWidths, seed: UInt64(seed), batch: batch)
        if let compressed {
            let maps = layerWidths.count - 1, features = compressed.outputs.dropLast(maps)
            // A linear layer after features reads every position of each channel that is kept.
            let channels = featureSides.last?.output.channels ?? linearInputs
            let kept = features.last.map { structure == .chain ? $0 * (linearInputs / channels) : linearInputs }
            if structure == .chain {
                shape.widths = [kept ?? linearInputs] + compressed.outputs.suffix(maps)
            }
            shape.components = compressed.dimensions.suffix(maps)
        }
        if let d { shape.d = d }
        shape.weightFunctions = shape.layers.map { weightFunction(layer: $0.index) }
        shape.omega = omega
        shape.options = pointCloudOptions
        if initialisation == .grid { shape.grid = inputSides }
        return part.build(shape)
    }

    /// Of a layer of the linear part. Convolutions made from points have no lists: all layers are the same there.
    private func weightFunction(layer: Int) -> WeightFunction {
        var function = WeightFunction()
        if let distance { function.distance = distance }
        if let wave { function.wave = wave }
        function.regulariser = regulariser
        if let lambda { function.lambda = lambda[layer] }
        if let epsilon { function.epsilon = epsilon[layer] }
        return function
    }

    func makeOptimizer(_ parameters: [Parameter]) -> any Networks.Optimizer {
        guard let kind = OptimizerKind.named(optimizer.name) else {
            preconditionFailure("no optimizer \(optimizer.name)")
        }
        return kind.make(parameters, OptimizerOptions(momentum: momentum, weightDecay: weightDecayInForce))
    }
}

/// Hands out the sizes of a compressed network's features in their order.
private struct CompressedSizes {
    private var left: (outputs: ArraySlice<Int>, dimensions: ArraySlice<Int>)?

    init(_ shape: CompressedShape?) { left = shape.map { ($0.outputs[...], $0.dimensions[...]) } }

    /// Of the next weight layer; nil where nothing is compressed.
    mutating func outputs() -> Int? { left?.outputs.popFirst() }

    /// Of the next compressible input; 0 where nothing is compressed.
    mutating func components() -> Int { left?.dimensions.popFirst() ?? 0 }
}
