import Specs
import Tensors

extension LinearPart {
    /// Point clouds l₀ … l_L, each shared by the layers on both sides, and biases b₁ … b_L (§3).
    /// Positions are uniform in [−1, 1], biases in [−0.1, 0.1] (§4.4), or those of the inputs on a grid.
    public static let pcn = LinearPart(name: "pcn") { shape in
        let clouds = shape.widths.enumerated().map { index, neurons in
            Parameter(
                "clouds.\(index)", [neurons, shape.d], rateFactor: WeightFunction.rateFactor(neurons), isShared: true)
        }
        let biases = shape.layers.map {
            Parameter("biases.\($0.index + 1)", [$0.outputs], rateFactor: WeightFunction.biasRateFactor)
        }
        clouds.forEach { $0.initialise(seed: shape.seed, bound: 1) }
        if let grid = shape.grid { clouds[0].place(on: grid, seed: shape.seed) }
        biases.forEach { $0.initialise(seed: shape.seed, bound: 0.1) }
        let gains: [Parameter?] = shape.layers.map { index, _, outputs in
            if shape.form.gain == .none { return nil }
            let gain = Parameter("gains.\(index)", [shape.form.gain == .layer ? 1 : outputs])
            gain.value.assign([Float](repeating: 1, count: gain.value.count))
            return gain
        }
        let layers = shape.layers.map { index, _, _ in
            PointCloudLayer(
                inputCloud: clouds[index], outputCloud: clouds[index + 1], bias: biases[index],
                kernel: shape.weightFunctions[index].kernel(
                    between: clouds[index].value.matrix, and: clouds[index + 1].value.matrix),
                factors: gains[index].map(OutputFactors.init))
        }
        return LinearStack(
            layers: layers, parameters: clouds + biases + gains.compactMap(\.self), amplitudes: layers.map(\.kernel.amplitude))
    }
}
