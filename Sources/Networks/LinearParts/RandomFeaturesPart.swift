import Tensors

extension LinearPart {
    /// Each layer as y = ReLU(x·Ω)·V + b over d random features, Ω (n, d) fixed and V (d, m) trained: a kernel approximated by random
    /// features, as in scalable neural network kernels (Sehanobish et al., ICLR 2024).
    ///
    /// It is two layers, of which the first is not trained. Ω is uniform with variance 2/n, which keeps the size of what passes through
    /// ReLU; V and b are uniform in ±1/√d, as a dense layer's.
    public static let randomFeatures = LinearPart(name: "random_features") { shape in
        var layers: [any LinearLayer] = [], parameters: [Parameter] = [], constants: [Parameter] = []
        for (index, inputs, outputs) in shape.layers {
            let features = DenseLayer(
                fixed: "random.\(index)", inputs: inputs, outputs: shape.d, seed: shape.seed,
                bound: (6 / Double(inputs)).squareRoot())
            let layer = DenseLayer(
                weight: Parameter("weights.\(index)", [outputs, shape.d]), bias: Parameter("biases.\(index + 1)", [outputs]))
            for parameter in [layer.weight, layer.bias] {
                parameter.initialise(seed: shape.seed, bound: 1 / Double(shape.d).squareRoot())
            }
            layers += [features, layer]
            parameters += [layer.weight, layer.bias]
            constants.append(features.weight)
        }
        return LinearStack(layers: layers, parameters: parameters, constants: constants, layersOfMap: 2)
    }
}
