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

    func workspace(batch: Int) -> WorkspaceNeed { WorkspaceNeed(shared: ScratchCursor.floats(batch, rank)) }

    /// h (B, d) = x·U;   y = h·Vᵀ
    func forward(_ x: Matrix, into y: Matrix, relu: Bool, _ workspace: Workspace) {
        let h = hidden.matrix[rows: 0..<x.rows]
        multiplyInTiles([Product(x, u.value.matrix, into: h)], workspace.workers)
        let product = Product(h, v.value.matrix.transposed, into: y) { finish($0, columns: $1, relu: relu) }
        multiplyInTiles([product], workspace.workers)
    }

    /// dh = dy·V;   dV = dyᵀ·h;   dU = xᵀ·dh;   dx = dh·Uᵀ
    func backward(_ x: Matrix, _ dy: Matrix, into dx: InputGradient?, _ workspace: Workspace) {
        let h = hidden.matrix[rows: 0..<x.rows]
        var shared = workspace.shared
        let dh = shared.take(x.rows, rank)
        multiplyInTiles(
            [Product(dy, v.value.matrix, into: dh), Product(dy.transposed, h, into: v.gradient.matrix)],
            workspace.workers)
        var products = [Product(x.transposed, dh, into: u.gradient.matrix)]
        if let dx { products.append(Product(dh, u.value.matrix.transposed, into: dx)) }
        multiplyInTiles(products, workspace.workers)
    }
}
