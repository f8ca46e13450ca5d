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
    var d: Int { inputCloud.value.shape[1] }

    /// Rows of a tile of W: with 32 columns, 32 kB, which stay in the first cache while the batch passes over them. A multiple of
    /// the packed groups of rows.
    static let tileDepth = 11 * PackedLHS.groupMultiple

    func workspace(batch: Int) -> WorkspaceNeed {
        let columns = ForwardGrid.mostColumns, tasks = CloudTasks(inputs: inputs, outputs: outputs, d: d)
        let forward = Panels.floats(d, columns) + Panels.floats(Self.tileDepth, columns)
        return WorkspaceNeed(
            perThread: max(forward, Panels.floats(batch, CloudTasks.mostColumns) + CloudTile.floats(d: d)),
            shared: PackedLHS.floats(rows: outputs, depth: batch) + tasks.floats(outputs: outputs, d: d))
    }

    /// y[:, K] = b[K] + Σ_J x[:, J] · F(D[J, K]): a task owns some rows and columns K of y, and iterates over J.
    func forward(_ x: Matrix, into y: Matrix, relu: Bool, _ workspace: Workspace) {
        let grid = ForwardGrid(rows: x.rows, inputs: inputs, outputs: outputs, d: d), depths = Tiling(inputs, by: Self.tileDepth)
        workspace.workers.forEach(grid.count) { task, threadIndex in
            let (rows, columns) = grid[task]
            var scratch = workspace.scratch(threadIndex)
            let positions = scratch.panels(d, columns.count)
            positions.pack(outputCloud.value.matrix[rows: columns].transposed)
            for index in 0..<depths.count {
                let depth = depths[index]
                var scratch = scratch
                let weights = scratch.panels(depth.count, columns.count)
                kernel.weights(inputCloud.value.matrix[rows: depth], positions, into: weights)
                multiply(
                    PackedLHS(x[rows, depth]), weights, into: y[rows, columns],
                    initial: index == 0 ? .bias(Bias(bias.value.base + columns.lowerBound)) : .sum,
                    then: relu && index == depths.count - 1 ? .relu : .none)
            }
        }
    }

    /// A task owns some input neurons J and iterates over K. With the weights Wᵀ[K, J], their slopes S and G = dyᵀ·x ⊙ S:
    ///
    ///     dx[:, J] = Σ_K dy[:, K] · Wᵀ[K, J]
    ///     da_j = Σ_k G_kj (a_j − b_k),   db_k = Σ_j G_kj (b_k − a_j)      (a dot product: da_j = Σ_k G_kj b_k, db_k = Σ_j G_kj a_j)
    ///
    /// dyᵀ·x is the engine's own product too: its factors are packed once for all tiles, where BLAS would pack them for each.
    func backward(_ x: Matrix, _ dy: Matrix, into dx: InputGradient?, _ workspace: Workspace) {
        let tasks = CloudTasks(inputs: inputs, outputs: outputs, d: d), depths = Tiling(outputs, by: Self.tileDepth)
        var shared = workspace.shared
        let dyT = packTransposed(dy, in: &shared, workspace.workers)
        let partials = shared
        workspace.workers.forEach(tasks.count) { task, threadIndex in
            let db = CloudSums(shared: partials, task, outputs, d)
            db.clear()
            for index in tasks[task] {
                let columns = tasks.tiles[index]
                var scratch = workspace.scratch(threadIndex)
                let batch = PanelBlocks(
                    scratch.take(Panels.floats(x.rows, columns.count)), columns: columns.count,
                    depths: Tiling(x.rows, by: Self.tileDepth))
                batch.pack(x[columns: columns])
                let tile = CloudTile(scratch, inputCloud.value.matrix[rows: columns])
                for part in 0..<depths.count {
                    let rows = depths[part]
                    let (w, s, g) = tile.panels(rows.count)
                    let b = outputCloud.value.matrix[rows: rows]
                    kernel.weights(b, tile.positions, into: w, slopes: s)
                    if let dx {
                        multiply(
                            PackedLHS(dy[columns: rows]), w, into: dx.dx[columns: columns], initial: part == 0 ? .zero : .sum)
                    }
                    multiplyBatch(dyT, rows, batch, into: g, times: s)
                    tile.addSums(of: g, b, to: db[rows])
                }
                if let dx { dx.epilogue(x).apply(to: dx.dx[columns: columns], rows: 0..<x.rows, columns: columns) }
                tile.sums.add(to: inputCloud, columns, kernel.distance)
            }
        }
        tasks.addPartials(partials, to: outputCloud, kernel.distance, workspace.workers)
    }

    /// W as PyTorch stores it, to the bit what the passes multiply by.
    func expand(_ outputs: Range<Int>, into weight: Matrix) {
        kernel.expand(inputCloud.value.matrix, outputCloud.value.matrix[rows: outputs], into: weight)
    }

    /// g (K, J) = dyᵀ[K, :]·x[:, J] ⊙ s
    private func multiplyBatch(_ dyT: RowBlocks, _ rows: Range<Int>, _ x: PanelBlocks, into g: Panels, times s: Panels) {
        for block in 0..<x.depths.count {
            let (factor, panels) = (dyT[block], x[block])
            multiply(
                factor[rows: rows, depth: 0..<factor.depth], panels, into: g, initial: block == 0 ? .zero : .sum,
                then: block == x.depths.count - 1 ? .times(s) : .none)
        }
    }

    /// Packs the transpose of dy (B, m) as left-hand sides.
    private func packTransposed(_ dy: Matrix, in memory: inout ScratchCursor, _ workers: Workers) -> RowBlocks {
        let blocks = RowBlocks(
            memory.take(PackedLHS.floats(rows: dy.columns, depth: dy.rows)), rows: dy.columns,
            depths: Tiling(dy.rows, by: Self.tileDepth))
        let parts = Tiling(dy.columns, by: 4 * PackedLHS.groupMultiple)
        workers.forEach(parts.count * blocks.depths.count) { task, _ in
            let (block, part) = (task / parts.count, parts[task % parts.count])
            let factor = blocks[block]
            factor[rows: part, depth: 0..<factor.depth].pack(dy[blocks.depths[block], part])
        }
        return blocks
    }
}

/// The tasks of a forward pass: the columns of y in tiles, and its rows in parts where the columns give too few tasks.
struct ForwardGrid: Sendable {
    static let mostColumns = 128
    /// A tile of fewer columns is half a register tile of AVX-512.
    private static let fewestColumns = 32

    private let rows: Tiling
    private let columns: Tiling
    var count: Int { rows.count * columns.count }

    init(rows: Int, inputs: Int, outputs: Int, d: Int) {
        let wanted = TaskSize(Gemm.operations(rows, inputs, outputs)).tasks
        var size = Self.mostColumns
        while size > Self.fewestColumns, (outputs + size - 1) / size < wanted { size /= 2 }
        columns = Tiling(outputs, by: size)
        // Each part of the rows computes its weights anew, d operations for each: it needs enough rows to be worth that.
        let least = outputs <= 64 ? 4 * d : 32 * d
        let parts = max(1, min((wanted + columns.count - 1) / columns.count, rows / max(least, 1)))
        self.rows = Tiling(rows, parts: parts, multipleOf: PackedLHS.groupMultiple)
    }

    subscript(task: Int) -> (rows: Range<Int>, columns: Range<Int>) {
        (rows[task / columns.count], columns[task % columns.count])
    }
}

extension LinearPart {
    /// Point clouds l₀ … l_L, each shared by the layers on both sides, and biases b₁ … b_L (§3).
    /// Positions are uniform in [−1, 1], biases in [−0.1, 0.1] (§4.4).
    public static let pcn = LinearPart(name: "pcn") { shape in
        let clouds = shape.widths.enumerated().map { index, neurons in
            Parameter(
                "clouds.\(index)", [neurons, shape.d], rateFactor: WeightFunction.rateFactor(neurons), isShared: true)
        }
        let biases = shape.layers.map {
            Parameter("biases.\($0.index + 1)", [$0.outputs], rateFactor: WeightFunction.biasRateFactor)
        }
        clouds.forEach { $0.initialise(seed: shape.seed, bound: 1) }
        biases.forEach { $0.initialise(seed: shape.seed, bound: 0.1) }
        let layers = shape.layers.map { index, inputs, _ in
            PointCloudLayer(
                inputCloud: clouds[index], outputCloud: clouds[index + 1], bias: biases[index],
                kernel: shape.weightFunction.kernel(inputs: inputs))
        }
        return LinearStack(layers: layers, parameters: clouds + biases)
    }
}
