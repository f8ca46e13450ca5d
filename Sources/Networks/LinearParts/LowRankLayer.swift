import Tensors

/// The low-rank baseline W = U·Vᵀ of rank d: U (n, d), V (m, d). A point cloud layer with the dot product and no periodic function
/// would be the same, and every claim about PCNs must be compared with it.
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

    /// h (B, d) = x·U;   y = h·Vᵀ + b
    func forward(_ x: Matrix, into y: Matrix, relu: Bool, _ workspace: Workspace) {
        let h = hidden.matrix[rows: 0..<x.rows]
        gemm(.plain(x), .plain(u.value.matrix), into: h, workspace.workers)
        gemm(
            .plain(h), .transposed(v.value.matrix), into: y, initial: bias.initialValue, workspace.workers,
            then: relu ? .relu : .none)
    }

    /// dh = dy·V;   dV = dyᵀ·h;   dU = xᵀ·dh;   dx = dh·Uᵀ
    func backward(_ x: Matrix, _ dy: Matrix, into dx: InputGradient?, _ workspace: Workspace) {
        let h = hidden.matrix[rows: 0..<x.rows], workers = workspace.workers
        var shared = workspace.shared
        let dh = shared.take(x.rows, rank)
        let outer = 2 * Gemm.operations(x.rows, outputs, rank), inner = 2 * Gemm.operations(x.rows, inputs, rank)
        gemm(
            Gemm(.plain(dy), .plain(v.value.matrix), into: dh, pass: outer),
            Gemm(.transposed(dy), .plain(h), into: v.gradient.matrix, pass: outer), workers)
        let du = u.gradient.matrix
        guard let dx else { return gemm(.transposed(x), .plain(dh), into: du, workers) }
        gemm(
            Gemm(.transposed(x), .plain(dh), into: du, pass: inner),
            Gemm(.plain(dh), .transposed(u.value.matrix), into: dx.dx, then: dx.epilogue(x), pass: inner), workers)
    }

    /// Wᵀ = V·Uᵀ. The passes multiply by U and by V, so their sums round otherwise than sums over this product do.
    func expand(_ outputs: Range<Int>, into weight: Matrix) {
        gemm(.plain(v.value.matrix[rows: outputs]), .transposed(u.value.matrix), into: weight, Workers(threads: 1))
    }
}

extension LinearPart {
    /// W = U·Vᵀ. U is uniform in ±1/√n as a dense layer is, V in ±√(3/d): a weight, the sum of d products, then has the
    /// dense layer's variance d · 1/(3n) · 1/d = 1/(3n). Biases as in dense layers.
    public static let lowRank = LinearPart(name: "low_rank") { shape in
        let layers = shape.layers.map { index, inputs, outputs in
            LowRankLayer(
                u: Parameter("u.\(index)", [inputs, shape.d]), v: Parameter("v.\(index)", [outputs, shape.d]),
                bias: Parameter("biases.\(index + 1)", [outputs]), hidden: Tensor(shape.batch, shape.d))
        }
        for layer in layers {
            let bound = 1 / Double(layer.inputs).squareRoot()
            layer.u.initialise(seed: shape.seed, bound: bound)
            layer.v.initialise(seed: shape.seed, bound: (3 / Double(shape.d)).squareRoot())
            layer.bias.initialise(seed: shape.seed, bound: bound)
        }
        return LinearStack(layers: layers, parameters: layers.flatMap { [$0.u, $0.v, $0.bias] })
    }
}
