import Tensors

/// The ordinary dense layer (§2). Its weight is stored as PyTorch stores it, (m, n): the transpose of W here.
///
/// Where the weight and the bias are not trained, no gradient of them is computed.
struct DenseLayer: LinearLayer {
    let weight: Parameter
    let bias: Parameter
    var inputs: Int { weight.value.shape[1] }
    var outputs: Int { weight.value.shape[0] }

    init(weight: Parameter, bias: Parameter) {
        (self.weight, self.bias) = (weight, bias)
    }

    /// A layer without a bias that is not trained: its weights, uniform in ±bound, follow from the name and the seed.
    init(fixed name: String, inputs: Int, outputs: Int, seed: UInt64, bound: Double) {
        weight = Parameter(name, [outputs, inputs], isTrained: false)
        weight.initialise(seed: seed, bound: bound)
        bias = Parameter("\(name).bias", [outputs], isTrained: false)
    }

    func workspace(batch: Int) -> WorkspaceNeed { WorkspaceNeed() }

    /// y (B, m) = x (B, n) · weightᵀ (n, m) + b
    func forward(_ x: Matrix, into y: Matrix, relu: Bool, _ workspace: Workspace) {
        denseForward(x, weight.value.matrix, into: y, relu: relu, workspace)
    }

    /// dx (B, n) = dy (B, m) · weight (m, n);   d_weight (m, n) = dyᵀ (m, B) · x (B, n)
    func backward(_ x: Matrix, _ dy: Matrix, into dx: InputGradient?, _ workspace: Workspace) {
        let gradient = weight.isTrained ? weight.gradient.matrix : nil
        denseBackward(x, dy, weight.value.matrix, gradient: gradient, into: dx, workspace)
    }

    func expand(_ outputs: Range<Int>, into weight: Matrix) {
        for (row, output) in outputs.enumerated() {
            weight.row(row).update(from: self.weight.value.matrix.row(output), count: inputs)
        }
    }
}

extension LinearPart {
    /// Dense layers, initialised as PyTorch does: weights and biases uniform in ±1/√n (§4.4).
    public static let mlp = LinearPart(name: "mlp") { shape in
        var layers: [any LinearLayer] = [], parameters: [Parameter] = []
        for (index, inputs, outputs) in shape.layers {
            let components = shape.components.isEmpty ? 0 : shape.components[index]
            let weight = Parameter("weights.\(index)", [outputs, components > 0 ? components : inputs])
            let bias = Parameter("biases.\(index + 1)", [outputs])
            let bound = 1 / Double(inputs).squareRoot()
            weight.initialise(seed: shape.seed, bound: bound)
            bias.initialise(seed: shape.seed, bound: bound)
            parameters += [weight, bias]
            if components > 0 {
                let principal = PrincipalInput(
                    ("components.\(index)", "means.\(index)"), dimensions: components, inputs: inputs)
                parameters += principal.parameters
                layers.append(PrincipalDenseLayer(principal, weight: weight, bias: bias, batch: shape.batch))
            } else {
                layers.append(DenseLayer(weight: weight, bias: bias))
            }
        }
        return LinearStack(layers: layers, parameters: parameters)
    }
}
