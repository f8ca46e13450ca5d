import Networks
import Specs
import Tensors

// The names of a spec, turned into the engine's parts. A name without a part is a mistake of ours: tests walk the registries.

extension Settings {
    /// The run's network, freshly initialised, for batches of up to `batch` rows, with its own linear part or another.
    /// - Parameter adjacency: of the graph, for a network that reads one. Without it, the network has the same parameters.
    public func networkPlan(batch: Int, linear other: LinearStack? = nil, adjacency: SparseMatrix? = nil) -> NetworkPlan {
        let linear = other ?? linearStack(batch: batch)
        let rate = dropoutInForce
        let options = LinearOptions(
            structure: structure, isNormalised: normalise == .layer, isPolynomial: activation == .polyReLU,
            dropout: rate > 0 ? Dropout(rate: rate, before: architecture.dropped, seed: UInt64(seed)) : nil, adjacency: adjacency,
            inputs: linearInputs, seed: UInt64(seed), batch: batch)
        guard !architecture.features.isEmpty else { return NetworkPlan(linear, options) }
        let points = convolution == .pcn ? d.map { FeatureStack.Points(d: $0, weightFunction: weightFunction(layer: 0)) } : nil
        var features = FeatureStack(inputSides, seed: UInt64(seed), batch: batch, points: points)
        for layer in self.features {
            switch layer {
            case .convolution(let channels, let kernel, let stride, let padding):
                features.convolution(channels, kernel: kernel, stride: stride, padding: padding)
            case .normalisedConvolution(let channels, let kernel, let stride, let padding):
                features.normalisedConvolution(channels, kernel: kernel, stride: stride, padding: padding)
            case .residual(let channels, let stride): features.residual(channels, stride: stride)
            case .maxPool(let kernel, let stride): features.maxPool(kernel: kernel, stride: stride)
            case .globalMaxPool: features.globalMaxPool()
            case .averagePool(let side): features.averagePool(side: side)
            }
        }
        return NetworkPlan(linear, after: features, options)
    }

    /// The run's linear part, freshly initialised, for batches of up to `batch` rows.
    public func linearStack(batch: Int) -> LinearStack {
        guard let part = LinearPart.named(linear.name) else { preconditionFailure("no linear part \(linear.name)") }
        var shape = LinearPartShape(widths: layerWidths, seed: UInt64(seed), batch: batch)
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
