import Tensors

/// The ordinary dense layer (§2). Its weight is stored as PyTorch stores it, (m, n): the transpose of W here.
struct DenseLayer: LinearLayer {
    let weight: Parameter
    let bias: Parameter
    var inputs: Int { weight.value.shape[1] }
    var outputs: Int { weight.value.shape[0] }

    func workspace(batch: Int) -> WorkspaceNeed { WorkspaceNeed() }

    /// y (B, m) = x (B, n) · weightᵀ (n, m) + b
    func forward(_ x: Matrix, into y: Matrix, relu: Bool, _ workspace: Workspace) {
        gemm(
            .plain(x), .transposed(weight.value.matrix), into: y, initial: bias.initialValue, workspace.workers,
            then: relu ? .relu : .none)
    }

    /// dx (B, n) = dy (B, m) · weight (m, n);   d_weight (m, n) = dyᵀ (m, B) · x (B, n)
    func backward(_ x: Matrix, _ dy: Matrix, into dx: InputGradient?, _ workspace: Workspace) {
        let gradient = weight.gradient.matrix
        guard let dx else { return gemm(.transposed(dy), .plain(x), into: gradient, workspace.workers) }
        let pass = 2 * Gemm.operations(x.rows, inputs, outputs)
        gemm(
            Gemm(.transposed(dy), .plain(x), into: gradient, pass: pass),
            Gemm(.plain(dy), .plain(weight.value.matrix), into: dx.dx, then: dx.epilogue(x), pass: pass), workspace.workers)
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
        let layers = shape.layers.map { index, inputs, outputs in
            DenseLayer(
                weight: Parameter("weights.\(index)", [outputs, inputs]), bias: Parameter("biases.\(index + 1)", [outputs]))
        }
        for layer in layers {
            let bound = 1 / Double(layer.inputs).squareRoot()
            layer.weight.initialise(seed: shape.seed, bound: bound)
            layer.bias.initialise(seed: shape.seed, bound: bound)
        }
        return LinearStack(layers: layers, parameters: layers.flatMap { [$0.weight, $0.bias] })
    }
}
