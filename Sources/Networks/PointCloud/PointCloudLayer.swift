import Tensors

/// A point cloud layer (§3): W[j, k] = F(‖a_j − b_k‖) for the positions a of its inputs and b of its outputs, two clouds that it
/// shares with the layers on both sides, unless they are untied.
///
/// Neither W nor dW is ever stored: each tile is computed where it is needed, in both passes, so the layer takes O(n + m) memory
/// (the limit of §6.1). No BLAS can multiply by a matrix that is not stored, so these products are the engine's own kernel.
struct PointCloudLayer: LinearLayer {
    let inputCloud: Parameter
    let outputCloud: Parameter
    let bias: Parameter
    /// F with the given ε.
    let initialKernel: WeightKernel
    let factors: OutputFactors?
    /// p (1) of a trained ε · exp(p).
    let exponent: Parameter?
    /// F with the ε that is in force.
    private var kernel: WeightKernel { exponent.map { initialKernel.stretched(by: $0.value.base[0]) } ?? initialKernel }
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
            perThread: max(CloudProduct.scratch(d: d), CloudGradients.scratch(d: d, factors)),
            shared: PackedLHS.floats(rows: outputs, depth: batch) + Panels.floats(batch, inputs) + 16
                + CloudGradients.partials(inputs: inputs, outputs: outputs, d: d, factors))
    }

    /// y = x · W + b
    func forward(_ x: Matrix, into y: Matrix, relu: Bool, _ workspace: Workspace) {
        factors?.window?.update()
        let product = CloudProduct(
            x, a, b, kernel, factors, isForward: true, into: y, bias: Bias(bias.value.base), relu: relu)
        workspace.workers.forEach(product.tasks) { task, threadIndex in product.run(task, workspace.scratch(threadIndex)) }
    }

    /// dx = dy · Wᵀ, and the clouds' gradients from G = dyᵀ·x ⊙ S with the slopes S of F.
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
        let gradients = CloudGradients(a, b, kernel, factors, exponent, partials: shared)
        let product = dx.map {
            CloudProduct(dy, b, a, kernel, factors, isForward: false, into: $0.dx, mask: $0.isMasked ? x : nil)
        }
        workers.forEach(gradients.tasks + (product?.tasks ?? 0)) { task, threadIndex in
            let scratch = workspace.scratch(threadIndex)
            guard task < gradients.tasks else { product?.run(task - gradients.tasks, scratch); return }
            gradients.run(task, scratch) { g, slopes, rows, columns in
                for block in 0..<blocks.count {
                    multiply(
                        dyT[block][rows: rows], xPanels[block][columns: columns], into: g, initial: block == 0 ? .zero : .sum,
                        then: block == blocks.count - 1 ? slopes.map { .times($0) } ?? .none : .none)
                }
            }
        }
        gradients.reduce(into: inputCloud.gradient.matrix, outputCloud.gradient.matrix, workers)
    }

    /// W as PyTorch stores it, to the bit what the passes multiply by.
    func expand(_ outputs: Range<Int>, into weight: Matrix) {
        factors?.window?.update()
        let b = b[rows: outputs]
        kernel.expand(a, b, into: weight) { tile, positions in factors?.apply(to: tile, rows: outputs, b, positions) }
    }
}
