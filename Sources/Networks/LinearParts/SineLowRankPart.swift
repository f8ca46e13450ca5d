import Tensors

extension LinearPart {
    /// W = sin(ω·U·Vᵀ)/√n, U (n, d), V (m, d): a low-rank product that the sine gives a higher rank (Ji, Saratchandran, Moghadam and
    /// Lucey, arXiv 2403.19243).
    ///
    /// It is a point cloud layer with two clouds of its own, the dot product for a distance and a sine for F, and is computed like one:
    /// W is never stored. U and V begin as those of the low-rank part, so that ω·U·Vᵀ begins with a standard deviation of ω/√(3n).
    public static let sineLowRank = LinearPart(name: "sine_low_rank") { shape in
        let layers = shape.layers.map { index, inputs, outputs in
            let bound = 1 / Double(inputs).squareRoot()
            let u = Parameter("u.\(index)", [inputs, shape.d], isShared: true)
            let v = Parameter("v.\(index)", [outputs, shape.d], isShared: true)
            let bias = Parameter("biases.\(index + 1)", [outputs])
            u.initialise(seed: shape.seed, bound: bound)
            v.initialise(seed: shape.seed, bound: (3 / Double(shape.d)).squareRoot())
            bias.initialise(seed: shape.seed, bound: bound)
            return PointCloudLayer(
                inputCloud: u, outputCloud: v, bias: bias, initialKernel: WeightKernel(sineOfDot: shape.omega, scale: bound),
                factors: nil, exponent: nil)
        }
        return LinearStack(layers: layers, parameters: layers.flatMap { [$0.inputCloud, $0.outputCloud, $0.bias] })
    }
}
