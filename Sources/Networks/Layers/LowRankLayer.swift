import Tensors

/// The low-rank baseline W = U·Vᵀ of rank d: U (n, d), V (m, d). It is what a point cloud layer with the dot product and
/// no wave would be, and what every claim about PCNs must be held against.
struct LowRankLayer: LinearLayer {
    let u: Parameter
    let v: Parameter
    let bias: Parameter
    /// x·U (B, d) of the last forward pass.
    let hidden: Tensor
    var inputs: Int { u.value.shape[0] }
    var outputs: Int { v.value.shape[0] }
    private var rank: Int { u.value.shape[1] }

    func workspace(batch: Int) -> WorkspaceNeed {
        WorkspaceNeed(
            perThread: Product.scratch,
            shared: ScratchCursor.floats(batch, rank) + RowFactor.floats(rows: outputs, depth: batch)
                + RowFactor.floats(rows: inputs, depth: batch))
    }

    /// h (B, d) = x·U;   y = h·Vᵀ
    func forward(_ x: Matrix, into y: Matrix, relu: Bool, _ workspace: Workspace) {
        let h = hidden.matrix[rows: 0..<x.rows]
        multiplyInTiles(workspace, Product(.matrix(x), .matrix(u.value.matrix), into: h))
        multiplyInTiles(
            workspace,
            Product(.matrix(h), .transposed(v.value.matrix.transposed), into: y, from: bias.start, then: relu ? .relu : .sums))
    }

    /// dh = dy·V;   dV = dyᵀ·h;   dU = xᵀ·dh;   dx = dh·Uᵀ
    func backward(_ x: Matrix, _ dy: Matrix, into dx: InputGradient?, _ workspace: Workspace) {
        let h = hidden.matrix[rows: 0..<x.rows]
        var shared = workspace.shared
        let dh = shared.take(x.rows, rank)
        let dyT = packTransposed(dy, in: &shared, workspace.workers)
        let xT = packTransposed(x, in: &shared, workspace.workers)
        multiplyInTiles(
            workspace, Product(.matrix(dy), .matrix(v.value.matrix), into: dh),
            Product(.transposed(dyT), .matrix(h), into: v.gradient.matrix))
        multiplyInTiles(
            workspace, Product(.transposed(xT), .matrix(dh), into: u.gradient.matrix),
            dx.map { Product(.matrix(dh), .transposed(u.value.matrix.transposed), into: $0.dx, then: $0.end) })
    }
}
