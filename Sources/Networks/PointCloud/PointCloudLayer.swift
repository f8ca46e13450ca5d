import Tensors

/// A point cloud layer (§3): W[j, k] = F(‖a_j − b_k‖) for the positions a of its inputs and b of its outputs, two clouds that it
/// shares with the layers on both sides.
///
/// Neither W nor dW is ever stored: each tile is computed where it is needed, in both passes, so the layer takes O(n + m) memory
/// (the limit of §6.1). No BLAS can multiply by a matrix that is not stored, so these products are the engine's own kernel.
struct PointCloudLayer: LinearLayer {
    let inputCloud: Parameter
    let outputCloud: Parameter
    let bias: Parameter
    let kernel: WeightKernel
    var inputs: Int { inputCloud.value.shape[0] }
    var outputs: Int { outputCloud.value.shape[0] }
    private var a: Matrix { inputCloud.value.matrix }
    private var b: Matrix { outputCloud.value.matrix }

    /// Rows of a tile of W: with 32 columns, 32 kB, which stay in the first cache while the batch passes over them. A multiple of
    /// the packed groups of rows.
    static let tileDepth = 11 * PackedLHS.groupMultiple

    func workspace(batch: Int) -> WorkspaceNeed {
        let d = a.columns
        return WorkspaceNeed(
            perThread: max(CloudProduct.scratch(d: d), CloudGradients.scratch(d: d)),
            shared: PackedLHS.floats(rows: outputs, depth: batch) + Panels.floats(batch, inputs) + 16
                + CloudGradients.partials(inputs: inputs, outputs: outputs, d: d))
    }

    /// y = x · F(D) + b
    func forward(_ x: Matrix, into y: Matrix, relu: Bool, _ workspace: Workspace) {
        let product = CloudProduct(x, a, b, kernel, into: y, bias: Bias(bias.value.base), relu: relu)
        workspace.workers.forEach(product.tasks) { task, threadIndex in product.run(task, workspace.scratch(threadIndex)) }
    }

    /// dx = dy · F(D)ᵀ, and the clouds' gradients from G = dyᵀ·x ⊙ S with the slopes S of F.
    ///
    /// dyᵀ·x, of two stored matrices, is the engine's own product too: both are packed once for all tiles, where BLAS would pack
    /// them for each of its calls.
    func backward(_ x: Matrix, _ dy: Matrix, into dx: InputGradient?, _ workspace: Workspace) {
        let workers = workspace.workers, blocks = Tiling(x.rows, by: Self.tileDepth)
        var shared = workspace.shared
        let dyT = RowBlocks(shared.take(PackedLHS.floats(rows: outputs, depth: x.rows)), rows: outputs, depths: blocks)
        let xPanels = PanelBlocks(shared.take(Panels.floats(x.rows, inputs)), columns: inputs, depths: blocks)
        let parts = (dy: Tiling(outputs, by: 4 * PackedLHS.groupMultiple), x: Tiling(inputs, by: CloudGradients.columns))
        workers.forEach((parts.dy.count + parts.x.count) * blocks.count) { task, _ in
            let (part, block) = (task / blocks.count, task % blocks.count)
            if part < parts.dy.count {
                dyT.pack(dy, block: block, rows: parts.dy[part])
            } else {
                xPanels.pack(x, block: block, columns: parts.x[part - parts.dy.count])
            }
        }
        let gradients = CloudGradients(a, b, kernel, partials: shared)
        let product = dx.map { CloudProduct(dy, b, a, kernel, into: $0.dx, mask: $0.isMasked ? x : nil) }
        workers.forEach(gradients.tasks + (product?.tasks ?? 0)) { task, threadIndex in
            let scratch = workspace.scratch(threadIndex)
            guard task < gradients.tasks else { product?.run(task - gradients.tasks, scratch); return }
            gradients.run(task, scratch) { g, slopes, rows, columns in
                for block in 0..<blocks.count {
                    multiply(
                        dyT[block][rows: rows], xPanels[block][columns: columns], into: g, initial: block == 0 ? .zero : .sum,
                        then: block == blocks.count - 1 ? .times(slopes) : .none)
                }
            }
        }
        gradients.reduce(into: inputCloud.gradient.matrix, outputCloud.gradient.matrix, workers)
    }

    /// W as PyTorch stores it, to the bit what the passes multiply by.
    func expand(_ outputs: Range<Int>, into weight: Matrix) { kernel.expand(a, b[rows: outputs], into: weight) }
}

/// y (B, m) = x (B, n) · W, W[j, k] = F(z(a_j, b_k)): the forward pass; with the clouds exchanged, the gradient of its input.
struct CloudProduct: Sendable {
    private static let mostColumns = 128
    /// A tile of fewer columns passes over the batch too often.
    private static let fewestColumns = 64

    private let x: Matrix
    private let a: Matrix
    private let b: Matrix
    private let kernel: WeightKernel
    private let y: Matrix
    private let bias: Bias?
    private let relu: Bool
    private let mask: Matrix?
    private let rows: Tiling
    private let columns: Tiling
    var tasks: Int { rows.count * columns.count }

    /// - Parameters:
    ///   - bias: the initial value of each row of y; 0 where there is none.
    ///   - mask: y is set to 0 where this matrix of its shape is not positive.
    init(
        _ x: Matrix, _ a: Matrix, _ b: Matrix, _ kernel: WeightKernel, into y: Matrix, bias: Bias? = nil, relu: Bool = false,
        mask: Matrix? = nil
    ) {
        (self.x, self.a, self.b, self.kernel, self.y) = (x, a, b, kernel, y)
        (self.bias, self.relu, self.mask) = (bias, relu, mask)
        let (inputs, outputs, d) = (a.rows, b.rows, a.columns)
        let wanted = TaskSize(Gemm.operations(x.rows, inputs, outputs)).tasks
        columns = Tiling(
            outputs, by: (outputs + Self.mostColumns - 1) / Self.mostColumns < wanted ? Self.fewestColumns : Self.mostColumns)
        // Each part of the rows computes its weights anew, some d operations for each: it needs enough rows to be worth that.
        let fewestRows = outputs <= Self.fewestColumns ? 4 * d : 16 * d
        let parts = max(1, min((wanted + columns.count - 1) / columns.count, x.rows / fewestRows))
        rows = Tiling(x.rows, parts: parts, multipleOf: PackedLHS.groupMultiple)
    }

    /// Floats of each thread's scratch memory.
    static func scratch(d: Int) -> Int {
        Panels.floats(d, mostColumns) + Panels.floats(PointCloudLayer.tileDepth, mostColumns) + 32
    }

    /// Computes some rows and columns of y, tile by tile along the contraction.
    func run(_ task: Int, _ scratch: ScratchCursor) {
        let (rows, columns) = (self.rows[task / self.columns.count], self.columns[task % self.columns.count])
        var scratch = scratch
        let positions = scratch.panels(b.columns, columns.count)
        positions.pack(b[rows: columns].transposed)
        let depths = Tiling(a.rows, by: PointCloudLayer.tileDepth), target = y[rows, columns]
        for index in 0..<depths.count {
            let depth = depths[index]
            var scratch = scratch
            let weights = scratch.panels(depth.count, columns.count)
            kernel.weights(a[rows: depth], positions, into: weights)
            let first: PackedInitialValue = bias.map { .bias(Bias($0.base + columns.lowerBound)) } ?? .zero
            multiply(
                PackedLHS(x[rows, depth]), weights, into: target, initial: index == 0 ? first : .sum,
                then: relu && index == depths.count - 1 ? .relu : .none)
        }
        if let mask { Epilogue.mask(mask).apply(to: target, rows: rows, columns: columns) }
    }
}

extension LinearPart {
    /// Point clouds l₀ … l_L, each shared by the layers on both sides, and biases b₁ … b_L (§3).
    /// Positions are uniform in [−1, 1], biases in [−0.1, 0.1] (§4.4), or those of the inputs on a grid.
    public static let pcn = LinearPart(name: "pcn") { shape in
        let clouds = shape.widths.enumerated().map { index, neurons in
            Parameter(
                "clouds.\(index)", [neurons, shape.d], rateFactor: WeightFunction.rateFactor(neurons), isShared: true)
        }
        let biases = shape.layers.map {
            Parameter("biases.\($0.index + 1)", [$0.outputs], rateFactor: WeightFunction.biasRateFactor)
        }
        clouds.forEach { $0.initialise(seed: shape.seed, bound: 1) }
        if let grid = shape.grid { clouds[0].place(on: grid, seed: shape.seed) }
        biases.forEach { $0.initialise(seed: shape.seed, bound: 0.1) }
        let layers = shape.layers.map { index, _, _ in
            PointCloudLayer(
                inputCloud: clouds[index], outputCloud: clouds[index + 1], bias: biases[index],
                kernel: shape.weightFunctions[index].kernel(
                    between: clouds[index].value.matrix, and: clouds[index + 1].value.matrix))
        }
        return LinearStack(layers: layers, parameters: clouds + biases, amplitudes: layers.map(\.kernel.amplitude))
    }
}
