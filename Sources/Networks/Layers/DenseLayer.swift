import Tensors

/// The ordinary dense layer (§2): W is stored as PyTorch stores it, (m, n), so W here is its transpose.
struct DenseLayer: LinearLayer {
    let weight: Parameter
    let bias: Parameter
    var inputs: Int { weight.value.shape[1] }
    var outputs: Int { weight.value.shape[0] }

    func workspace(batch: Int) -> WorkspaceNeed { WorkspaceNeed() }

    /// y (B, m) = x (B, n) · weightᵀ (n, m)
    func forward(_ x: Matrix, into y: Matrix, relu: Bool, _ workspace: Workspace) {
        let product = Product(x, weight.value.matrix.transposed, into: y) { finish($0, columns: $1, relu: relu) }
        multiplyInTiles([product], workspace.workers)
    }

    /// dx (B, n) = dy (B, m) · weight (m, n);   d_weight (m, n) = dyᵀ (m, B) · x (B, n)
    func backward(_ x: Matrix, _ dy: Matrix, into dx: InputGradient?, _ workspace: Workspace) {
        var products = [Product(dy.transposed, x, into: weight.gradient.matrix)]
        if let dx { products.append(Product(dy, weight.value.matrix, into: dx)) }
        multiplyInTiles(products, workspace.workers)
    }
}
