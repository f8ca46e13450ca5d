import Specs
import Tensors

extension LinearPart {
    /// Point clouds l₀ … l_L, each shared by the layers on both sides unless they are untied, and biases b₁ … b_L (§3).
    /// Positions are uniform in [−1, 1], biases in [−0.1, 0.1] (§4.4), or those of the inputs on a grid.
    public static let pcn = LinearPart(name: "pcn") { shape in
        let clouds = shape.clouds
        let biases = shape.layers.map {
            Parameter("biases.\($0.index + 1)", [$0.outputs], rateFactor: WeightFunction.biasRateFactor)
        }
        biases.forEach { $0.initialise(seed: shape.seed, bound: 0.1) }
        let gains: [Parameter?] = shape.layers.map { index, _, outputs in
            if shape.options.gain == .none { return nil }
            let gain = Parameter("gains.\(index)", [shape.options.gain == .layer ? 1 : outputs])
            gain.value.assign([Float](repeating: 1, count: gain.value.count))
            return gain
        }
        let exponents: [Parameter?] = shape.layers.map { index, _, _ in
            shape.options.learnEpsilon == .layer ? Parameter("epsilon_exponents.\(index)", [1]) : nil
        }
        let window = shape.options.window == .gaussian ? CloudWindow(Parameter("window_exponents.0", [shape.widths[1]])) : nil
        let layers = shape.layers.map { index, _, _ in
            let (a, b) = shape.options.clouds == .untied ? (2 * index, 2 * index + 1) : (index, index + 1)
            return PointCloudLayer(
                inputCloud: clouds[a], outputCloud: clouds[b], bias: biases[index],
                initialKernel: shape.weightFunctions[index].kernel(
                    between: clouds[a].value.matrix, and: clouds[b].value.matrix),
                factors: OutputFactors(gain: gains[index], window: index == 0 ? window : nil), exponent: exponents[index])
        }
        return LinearStack(
            layers: layers, parameters: clouds + biases + (gains + exponents + [window?.exponents]).compactMap(\.self),
            amplitudes: layers.map(\.initialKernel.amplitude))
    }
}

extension LinearPartShape {
    /// The clouds, initialised: one for each width, or, untied, the input and the output cloud of each layer in turn.
    fileprivate var clouds: [Parameter] {
        let named: [(name: String, neurons: Int)] =
            options.clouds == .untied
            ? layers.flatMap { [("input_clouds.\($0.index)", $0.inputs), ("output_clouds.\($0.index)", $0.outputs)] }
            : widths.enumerated().map { ("clouds.\($0.offset)", $0.element) }
        let clouds = named.map { name, neurons in
            Parameter(name, [neurons, d], rateFactor: WeightFunction.rateFactor(neurons), isShared: true)
        }
        clouds.forEach { $0.initialise(seed: seed, bound: 1) }
        if let grid { clouds[0].place(on: grid, seed: seed) }
        return clouds
    }
}
