import Tensors

/// The ordinary dense layer (§2): W is stored as PyTorch stores it, (m, n), so W here is its transpose.
struct DenseLayer: LinearLayer {
    let weight: Parameter
    let bias: Parameter
    var inputs: Int { weight.value.shape[1] }
    var outputs: Int { weight.value.shape[0] }

    func workspace(batch: Int) -> WorkspaceNeed {
        WorkspaceNeed(perThread: Product.scratch, shared: RowFactor.floats(rows: outputs, depth: batch))
    }

    /// y (B, m) = x (B, n) · weightᵀ (n, m)
    func forward(_ x: Matrix, into y: Matrix, relu: Bool, _ workspace: Workspace) {
        multiplyInTiles(
            workspace,
            Product(
                .matrix(x), .transposed(weight.value.matrix.transposed), into: y, from: bias.start, then: relu ? .relu : .sums))
    }

    /// dx (B, n) = dy (B, m) · weight (m, n);   d_weight (m, n) = dyᵀ (m, B) · x (B, n)
    func backward(_ x: Matrix, _ dy: Matrix, into dx: InputGradient?, _ workspace: Workspace) {
        var shared = workspace.shared
        let dyT = packTransposed(dy, in: &shared, workspace.workers)
        multiplyInTiles(
            workspace, Product(.transposed(dyT), .matrix(x), into: weight.gradient.matrix),
            dx.map { Product(.matrix(dy), .matrix(weight.value.matrix), into: $0.dx, then: $0.end) })
    }
}
