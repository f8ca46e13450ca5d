import Tensors

/// The point cloud layer (§3): W = F(D), D[j, k] = z(a_j, b_k) for the n positions a and the m positions b, both in ℝᵈ.
///
///     F(z) = (1/√n) · (λ/ε) · (ε − |z mod 2ε − ε| − ε/2)
///
/// The paper's text says that F clamps to [−λ, λ]; its formula, which is what was trained and what stands here, gives
/// [−λ/2, λ/2]/√n. Neither W nor dW ever exists whole: a tile is made when it is needed, in both directions, so that the
/// layer takes O(n + m) memory (the limit of §6.1).
struct PointCloudLayer: LinearLayer {
    let inputCloud: Parameter
    let outputCloud: Parameter
    let bias: Parameter
    let wave: WaveKernel
    let distance: DistanceKind
    var inputs: Int { inputCloud.value.shape[0] }
    var outputs: Int { outputCloud.value.shape[0] }
    var d: Int { inputCloud.value.shape[1] }

    func workspace(batch: Int) -> WorkspaceNeed {
        let forward = Panels.floats(d, TileSize.columns) + Panels.floats(TileSize.depth, TileSize.columns)
        let tasks = BackwardTasks(inputs: inputs)
        return WorkspaceNeed(
            perThread: max(forward, Panels.floats(batch, BackwardTasks.columns) + CloudTile.floats(d: d)),
            shared: RowFactor.floats(rows: outputs, depth: batch) + tasks.floats(outputs: outputs, d: d))
    }

    /// y[:, K] = b[K] + Σ_J x[:, J] · F(D[J, K]): a task owns some columns K of y and walks over J.
    func forward(_ x: Matrix, into y: Matrix, relu: Bool, _ workspace: Workspace) {
        let grid = TaskGrid(rows: x.rows, columns: outputs), depths = Tiling(inputs, by: TileSize.depth)
        workspace.workers.forEach(grid.count) { task, slot in
            let (batch, columns) = grid[task]
            var scratch = workspace.scratch(slot)
            let positions = scratch.panels(d, columns.count)
            positions.pack(outputCloud.value.matrix[rows: columns].transposed)
            for index in 0..<depths.count {
                let rows = depths[index]
                var scratch = scratch
                let weights = scratch.panels(rows.count, columns.count)
                wave.weights(inputCloud.value.matrix[rows: rows], positions, into: weights)
                multiply(
                    RowFactor(x[batch, rows]), weights, into: y[batch, columns], from: index == 0 ? bias.start[columns] : .sum,
                    then: relu && index == depths.count - 1 ? .relu : .sums)
            }
        }
    }

    /// A task owns some input neurons J and walks over K. With the weights Wᵀ[K, J], their slopes S and G = dyᵀ·x ⊙ S:
    ///
    ///     dx[:, J] = Σ_K dy[:, K] · Wᵀ[K, J]
    ///     da_j = Σ_k G_kj (a_j − b_k),   db_k = Σ_j G_kj (b_k − a_j)      (a dot product: da_j = Σ_k G_kj b_k, db_k = Σ_j G_kj a_j)
    func backward(_ x: Matrix, _ dy: Matrix, into dx: InputGradient?, _ workspace: Workspace) {
        let tasks = BackwardTasks(inputs: inputs), depths = Tiling(outputs, by: TileSize.depth)
        let workers = workspace.workers
        var shared = workspace.shared
        let dyT = packTransposed(dy, in: &shared, workers)
        let partials = shared
        workers.forEach(tasks.count) { task, slot in
            let db = CloudSums(shared: partials, task, outputs, d)
            db.clear()
            for index in tasks[task] {
                let columns = tasks.tiles[index]
                var scratch = workspace.scratch(slot)
                let batch = scratch.panelBlocks(x.rows, columns.count)
                batch.pack(x[columns: columns])
                let tile = CloudTile(scratch, inputCloud.value.matrix[rows: columns])
                for part in 0..<depths.count {
                    let rows = depths[part], isLast = part == depths.count - 1
                    let (w, s, g) = tile.panels(rows.count)
                    let b = outputCloud.value.matrix[rows: rows]
                    wave.weights(b, tile.positions, into: w, slopes: s)
                    if let dx {
                        multiply(
                            RowFactor(dy[columns: rows]), w, into: dx.dx[columns: columns], from: part == 0 ? .zero : .sum,
                            then: isLast ? dx.end[columns] : .sums)
                    }
                    multiplyBatch(dyT, rows, batch, into: g, times: s)
                    tile.addSums(of: g, b, to: db[rows])
                }
                tile.sums.add(to: inputCloud, columns, distance)
            }
        }
        tasks.addPartials(partials, to: outputCloud, distance, workers)
    }

    /// g (K, J) = dyᵀ[K, :]·x[:, J] ⊙ s
    private func multiplyBatch(_ dyT: RowBlocks, _ rows: Range<Int>, _ x: PanelBlocks, into g: Panels, times s: Panels) {
        for block in 0..<x.depths.count {
            let (factor, panels) = (dyT[block], x[block])
            multiply(
                factor[rows: rows, depth: 0..<factor.depth], panels, into: g, from: block == 0 ? .zero : .sum,
                then: block == x.depths.count - 1 ? .times(s) : .sums)
        }
    }
}
