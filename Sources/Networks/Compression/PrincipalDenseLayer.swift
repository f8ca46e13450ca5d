import Tensors

/// A dense layer over the principal components of its input: y = (x − μ)·Vᵀ·Wᵀ + b, W (m, d) and b trained.
struct PrincipalDenseLayer: LinearLayer {
    let principal: PrincipalInput
    let weight: Parameter
    let bias: Parameter
    private let centred: CentredBias
    /// x·Vᵀ (B, d) of the last forward pass.
    private let hidden: Tensor
    var inputs: Int { principal.inputs }
    var outputs: Int { weight.value.shape[0] }
    private var dimensions: Int { principal.dimensions }
    var exportedBias: Parameter {
        centred.update(weight.value.matrix)
        return centred.effective
    }

    init(_ principal: PrincipalInput, weight: Parameter, bias: Parameter, batch: Int) {
        (self.principal, self.weight, self.bias) = (principal, weight, bias)
        centred = CentredBias(principal, bias)
        hidden = Tensor(batch, principal.dimensions)
    }

    func workspace(batch: Int) -> WorkspaceNeed { WorkspaceNeed(shared: ScratchCursor.floats(batch, dimensions)) }

    func forward(_ x: Matrix, into y: Matrix, relu: Bool, _ workspace: Workspace) {
        let h = hidden.matrix[rows: 0..<x.rows]
        centred.update(weight.value.matrix)
        gemm(.plain(x), .transposed(principal.components.value.matrix), into: h, workspace.workers)
        gemm(
            .plain(h), .transposed(weight.value.matrix), into: y, initial: centred.effective.initialValue, workspace.workers,
            then: relu ? .relu : .none)
    }

    /// dW = dyᵀ·h less what goes through the bias;   dx = dy·W·V
    func backward(_ x: Matrix, _ dy: Matrix, into dx: InputGradient?, _ workspace: Workspace) {
        let h = hidden.matrix[rows: 0..<x.rows], workers = workspace.workers
        gemm(.transposed(dy), .plain(h), into: weight.gradient.matrix, workers)
        centred.addGradient(to: weight.gradient.matrix)
        guard let dx else { return }
        var shared = workspace.shared
        let dh = shared.take(x.rows, dimensions)
        gemm(.plain(dy), .plain(weight.value.matrix), into: dh, workers)
        gemm(.plain(dh), .plain(principal.components.value.matrix), into: dx.dx, workers, then: dx.epilogue(x))
    }

    /// W·V
    func expand(_ outputs: Range<Int>, into weight: Matrix) {
        centred.update(self.weight.value.matrix)
        gemm(
            .plain(self.weight.value.matrix[rows: outputs]), .plain(principal.components.value.matrix), into: weight,
            Workers(threads: 1))
    }
}
