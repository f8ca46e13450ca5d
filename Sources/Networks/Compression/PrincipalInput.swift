import Tensors

/// The principal components that a compressed layer reads: x (n) → V·x (d), V (d, n) with a unit component in each row, and the mean μ (n)
/// of x. Both are frozen: parts of a checkpoint, and no optimizer changes them.
struct PrincipalInput: Sendable {
    let components: Parameter
    let mean: Parameter
    var dimensions: Int { components.value.shape[0] }
    var inputs: Int { components.value.shape[1] }
    var parameters: [Parameter] { [components, mean] }

    /// - Parameter names: of the components and of the mean.
    init(_ names: (components: String, mean: String), dimensions: Int, inputs: Int) {
        components = Parameter(names.components, [dimensions, inputs], isTrained: false)
        mean = Parameter(names.mean, [inputs], isTrained: false)
    }
}

/// The bias of a layer that reads components, y = (x − μ)·Vᵀ·W + b: what is added to x·Vᵀ·W.
///
/// The mean is not subtracted from x, because a convolution pads x with zeros before it is: padding has the components −V·μ. Both come to
/// a part of the bias that depends on the weights: b − Σ over the kernel's taps of V·μ·W.
struct CentredBias: Sendable {
    let input: PrincipalInput
    let bias: Parameter
    /// b − Σ V·μ·W of the last forward pass (m).
    let effective: Parameter
    /// V·μ (d).
    private let shift: Tensor

    init(_ input: PrincipalInput, _ bias: Parameter) {
        (self.input, self.bias) = (input, bias)
        effective = Parameter(bias.name + ".effective", bias.value.shape, isTrained: false)
        shift = Tensor(input.dimensions)
    }

    /// Sets `effective` for weights (m, taps · d).
    func update(_ weights: Matrix) {
        let d = input.dimensions, components = input.components.value.matrix, mean = input.mean.value.base
        for index in 0..<d {
            let row = components.row(index)
            var sum = 0.0
            for column in 0..<input.inputs { sum += Double(row[column]) * Double(mean[column]) }
            shift.base[index] = Float(sum)
        }
        for output in 0..<weights.rows {
            let row = weights.row(output)
            var sum = 0.0
            for column in 0..<weights.columns { sum += Double(row[column]) * Double(shift.base[column % d]) }
            effective.value.base[output] = Float(Double(bias.value.base[output]) - sum)
        }
    }

    /// Adds what goes through the bias to the weights' gradient (m, taps · d), once the bias's own is there.
    func addGradient(to gradient: Matrix) {
        let d = input.dimensions
        for output in 0..<gradient.rows {
            let row = gradient.row(output), db = bias.gradient.base[output]
            for column in 0..<gradient.columns { row[column] -= db * shift.base[column % d] }
        }
    }
}
