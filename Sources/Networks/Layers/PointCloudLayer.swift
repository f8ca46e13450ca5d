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
    private var d: Int { inputCloud.value.shape[1] }

    func workspace(batch: Int) -> WorkspaceNeed {
        let forward = ForwardTiles(self, batch: batch), backward = BackwardTiles(self)
        return WorkspaceNeed(
            perThread: max(forward.scratch(d), backward.scratch(d)),
            shared: backward.rows.count * ScratchCursor.floats(outputs, d + 1))
    }

    /// y[:, K] = Σ_J x[:, J] · F(D[J, K]): a task owns some columns K of y for a part of the batch, and walks over J.
    func forward(_ x: Matrix, into y: Matrix, relu: Bool, _ workspace: Workspace) {
        let tiles = ForwardTiles(self, batch: x.rows)
        workspace.workers.forEach(tiles.columns.count * tiles.batches.count) { task, slot in
            let columns = tiles.columns[task % tiles.columns.count]
            let batch = tiles.batches[task / tiles.columns.count]
            let output = y[batch, columns]
            var scratch = workspace.scratch(slot)
            let memory = scratch.take(d, tiles.stride)
            let weights = scratch.take(tiles.rows.size, tiles.stride)
            let packed = PackedCloud(outputCloud.value.matrix[rows: columns], in: memory.base)
            for index in 0..<tiles.rows.count {
                let rows = tiles.rows[index]
                let tile = weights[0..<rows.count, 0..<columns.count]
                wave.weights(inputCloud.value.matrix[rows: rows], packed, into: tile)
                multiply(x[batch, rows], tile, into: output, adding: index > 0)
            }
            finish(output, columns: columns, relu: relu)
        }
    }

    /// A task owns some input neurons J and walks over K. With the tile's weights W and slopes S, and G = xᵀ·dy ⊙ S:
    ///
    ///     dx[:, J] = Σ_K dy[:, K] · Wᵀ
    ///     da_j = Σ_k G_jk (a_j − b_k),   db_k = Σ_j G_jk (b_k − a_j)      (a dot product: da_j = Σ_k G_jk b_k, db_k = Σ_j G_jk a_j)
    ///
    /// Both sums over G, with and without the other cloud's positions, are one product with that cloud beside a column of ones.
    func backward(_ x: Matrix, _ dy: Matrix, into dx: InputGradient?, _ workspace: Workspace) {
        let tiles = BackwardTiles(self)
        var shared = workspace.shared
        let partials = (0..<tiles.rows.count).map { _ in shared.take(outputs, d + 1) }
        workspace.workers.forEach(tiles.rows.count) { task, slot in
            let rows = tiles.rows[task]
            var scratch = workspace.scratch(slot)
            let memory = scratch.take(d + 1, tiles.stride)  // the cloud packed, then beside ones
            let (weights, slopes) = (scratch.take(rows.count, tiles.stride), scratch.take(rows.count, tiles.stride))
            let gradient = scratch.take(rows.count, tiles.stride)
            let a = inputCloud.value.matrix[rows: rows]
            let aOne = scratch.take(rows.count, d + 1).withOnes(beside: a)
            let sums = scratch.take(rows.count, d + 1)
            for index in 0..<tiles.columns.count {
                let columns = tiles.columns[index]
                let b = outputCloud.value.matrix[rows: columns]
                let tile = (0..<rows.count, 0..<columns.count)
                let (w, s, g) = (weights[tile.0, tile.1], slopes[tile.0, tile.1], gradient[tile.0, tile.1])
                wave.weightsAndSlopes(a, PackedCloud(b, in: memory.base), into: w, s)
                if let dx { multiply(dy[columns: columns], w.transposed, into: dx.dx[columns: rows], adding: index > 0) }
                multiply(x[columns: rows].transposed, dy[columns: columns], into: g)
                g.multiplyElements(by: s)
                let bOne = Matrix(base: memory.base, rows: columns.count, columns: d + 1, stride: d + 1).withOnes(beside: b)
                multiply(g, bOne, into: sums, adding: index > 0)
                multiply(g.transposed, aOne, into: partials[task][rows: columns])
            }
            dx?.finish(rows)
            add(sums, to: inputCloud, at: rows)
        }
        addPartials(partials, workspace)
    }

    /// db: the tasks' parts are summed in the order of the tasks, which depends on the shape alone.
    private func addPartials(_ partials: [Matrix], _ workspace: Workspace) {
        let tiles = Tiling(outputs, by: 256)
        workspace.workers.forEach(tiles.count) { tile, _ in
            for part in partials { add(part[rows: tiles[tile]], to: outputCloud, at: tiles[tile]) }
        }
    }

    /// `sums` (count, d + 1) holds Σ G·other and, last, Σ G: the cloud's gradient gets position·ΣG − ΣG·other.
    private func add(_ sums: Matrix, to cloud: Parameter, at neurons: Range<Int>) {
        for (row, neuron) in neurons.enumerated() {
            let (gradient, position) = (cloud.gradient.base + neuron * d, cloud.value.base + neuron * d)
            let sum = sums.row(row)
            switch distance {
            case .euclidean, .squared: for c in 0..<d { gradient[c] += sum[d] * position[c] - sum[c] }
            case .dot: for c in 0..<d { gradient[c] += sum[c] }
            }
        }
    }
}

extension Matrix {
    /// Fills self (count, d + 1) with the rows of `cloud` (count, d), each followed by 1.
    fileprivate func withOnes(beside cloud: Matrix) -> Matrix {
        for i in 0..<rows {
            row(i).update(from: cloud.row(i), count: cloud.columns)
            row(i)[cloud.columns] = 1
        }
        return self
    }
}
