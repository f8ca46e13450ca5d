import Networks
import Tensors

/// The kinds of work in the two passes of a point cloud layer.
enum Stage: String, CaseIterable {
    case forwardTiles = "F(D), forward"
    case backwardTiles = "F(D) and slopes, backward"
    case forwardProducts = "products, forward"
    case backwardProducts = "products, backward"
    case clouds = "gradient of the clouds"
    case packing = "packing"
}

/// One point cloud layer whose kinds of work are done one at a time: the calls that `PointCloudLayer` makes, over its tiles and
/// on as many threads, without the others. What the calls read is random; none of them looks at values.
struct LayerStages {
    private let batch: Int
    private let n: Int
    private let m: Int
    private let d: Int
    /// The first layer's dx is not wanted.
    private let isFirst: Bool
    private let wave: WaveKernel
    private let x: Matrix
    private let y: Matrix
    private let dx: Matrix
    private let dy: Matrix
    private let a: Matrix
    private let b: Matrix
    private let bias: Bias
    private let dyT: RowBlocks
    /// For each task of the backward pass Σ G·other (m, d) and Σ G (m, 1).
    private let partials: [Matrix]
    private let slots: [StageScratch]
    /// Keeps the memory of the views.
    private let memory: [Tensor]

    init(batch: Int, n: Int, m: Int, d: Int, isFirst: Bool, threads: Int) {
        (self.batch, self.n, self.m, self.d, self.isFirst) = (batch, n, m, d, isFirst)
        wave = WaveKernel(distance: .euclidean, wave: .triangle, lambda: 1, epsilon: 0.1, inputs: n)
        var memory: [Tensor] = []
        func random(_ count: Int) -> Tensor {
            let tensor = Tensor(count)
            tensor.fill(RandomStream(seed: 1, purpose: "stages/\(memory.count)"), bound: 1)
            memory.append(tensor)
            return tensor
        }
        func activations(_ columns: Int) -> Matrix {
            Matrix(random(batch * Matrix.stride(columns: columns)), rows: batch, columns: columns)
        }
        func cloud(_ count: Int, _ columns: Int) -> Matrix {
            Matrix(base: random(count * columns).base, rows: count, columns: columns, stride: columns)
        }
        (x, y, dx, dy) = (activations(n), activations(m), activations(n), activations(m))
        (a, b) = (cloud(n, d), cloud(m, d))
        bias = Bias(random(wholePanels(max(n, m))).base)
        let depths = Tiling(batch, by: TileSize.depth)
        dyT = RowBlocks(random(RowFactor.floats(rows: m, depth: batch)).base, rows: m, depths: depths)
        partials = (0..<BackwardTasks(inputs: n).count).map { _ in cloud(m, d + 1) }
        slots = (0..<threads).map { _ in StageScratch(batch: batch, d: d, random) }
        self.memory = memory
    }

    func run(_ stage: Stage, _ workers: Workers) {
        switch stage {
        case .forwardTiles:
            forward(workers) { slot, _, outputs, inputs in
                wave.weights(
                    a[rows: inputs], slot.positions(outputs.count), into: slot.weights(inputs.count, outputs.count))
            }
        case .forwardProducts:
            forward(workers) { slot, rows, outputs, inputs in
                multiply(
                    RowFactor(x[rows, inputs]), slot.weights(inputs.count, outputs.count), into: y[rows, outputs],
                    from: inputs.lowerBound == 0 ? ProductStart.bias(bias)[outputs] : .sum,
                    then: inputs.upperBound == n ? .relu : .sums)
            }
        case .backwardTiles:
            backward(workers) { slot, _, inputs, outputs in
                let (w, s) = (slot.weights(outputs.count, inputs.count), slot.slopes(outputs.count, inputs.count))
                wave.weights(b[rows: outputs], slot.positions(inputs.count), into: w, slopes: s)
            }
        case .backwardProducts:
            backward(workers) { slot, _, inputs, outputs in
                if !isFirst { multiplyInput(slot, inputs, outputs) }
                multiplyBatch(slot, inputs, outputs)
            }
        case .clouds:
            backward(workers) { slot, task, inputs, outputs in addSums(slot, partials[task][rows: outputs], inputs, outputs) }
        case .packing:
            packForward(workers)
            packBackward(workers)
        }
    }

    /// Every tile of the forward pass: (slot, rows of the batch, output neurons, input neurons).
    private func forward(
        _ workers: Workers, _ body: @Sendable (StageScratch, Range<Int>, _ outputs: Range<Int>, _ inputs: Range<Int>) -> Void
    ) {
        let grid = TaskGrid(rows: batch, columns: m), depths = Tiling(n, by: TileSize.depth)
        workers.forEach(grid.count) { task, slot in
            let (rows, outputs) = grid[task]
            for index in 0..<depths.count { body(slots[slot], rows, outputs, depths[index]) }
        }
    }

    /// Every tile of the backward pass: (slot, task, input neurons, output neurons).
    private func backward(
        _ workers: Workers, _ body: @Sendable (StageScratch, _ task: Int, _ inputs: Range<Int>, _ outputs: Range<Int>) -> Void
    ) {
        let tasks = BackwardTasks(inputs: n), depths = Tiling(m, by: TileSize.depth)
        workers.forEach(tasks.count) { task, slot in
            for tile in tasks[task] {
                for index in 0..<depths.count { body(slots[slot], task, tasks.tiles[tile], depths[index]) }
            }
        }
    }

    /// dx[:, J] += dy[:, K] · Wᵀ[K, J]
    private func multiplyInput(_ slot: StageScratch, _ inputs: Range<Int>, _ outputs: Range<Int>) {
        let end = ProductEnd.reluBackward(output: x, columnSums: bias)[inputs]
        multiply(
            RowFactor(dy[columns: outputs]), slot.weights(outputs.count, inputs.count), into: dx[columns: inputs],
            from: outputs.lowerBound == 0 ? .zero : .sum, then: outputs.upperBound == m ? end : .sums)
    }

    /// g (K, J) = dyᵀ[K, :] · x[:, J] ⊙ s
    private func multiplyBatch(_ slot: StageScratch, _ inputs: Range<Int>, _ outputs: Range<Int>) {
        let (g, s) = (slot.gradient(outputs.count, inputs.count), slot.slopes(outputs.count, inputs.count))
        let panels = slot.batchPanels(inputs.count)
        for block in 0..<panels.depths.count {
            let factor = dyT[block]
            multiply(
                factor[rows: outputs, depth: 0..<factor.depth], panels[block], into: g, from: block == 0 ? .zero : .sum,
                then: block == panels.depths.count - 1 ? .times(s) : .sums)
        }
    }

    private func addSums(_ slot: StageScratch, _ db: Matrix, _ inputs: Range<Int>, _ outputs: Range<Int>) {
        let g = slot.gradient(outputs.count, inputs.count)
        let (aPanels, bPanels) = (slot.inputPositions(inputs.count), slot.outputPositions(outputs.count))
        for panel in 0..<g.panels.count {
            let neurons = g.panels[panel]
            multiply(g.transposedRows(panel: panel), bPanels, into: slot.sums[rows: neurons], from: .sum)
            multiply(g.rows(panel: panel), aPanels[depth: neurons], into: db[columns: 0..<d], from: .sum)
        }
        g.addSums(rows: db[columns: d..<d + 1], columns: slot.totals)
    }

    private func packForward(_ workers: Workers) {
        forward(workers) { slot, _, outputs, inputs in
            if inputs.lowerBound == 0 { slot.positions(outputs.count).pack(b[rows: outputs].transposed) }
        }
    }

    private func packBackward(_ workers: Workers) {
        let parts = Tiling(m, by: 10 * RowFactor.groupMultiple)
        workers.forEach(parts.count * dyT.depths.count) { task, _ in
            let (block, part) = (task / parts.count, parts[task % parts.count])
            let factor = dyT[block]
            factor[rows: part, depth: 0..<factor.depth].pack(dy[dyT.depths[block], part])
        }
        backward(workers) { slot, _, inputs, outputs in
            if outputs.lowerBound == 0 {
                slot.batchPanels(inputs.count).pack(x[columns: inputs])
                slot.positions(inputs.count).pack(a[rows: inputs].transposed)
                slot.inputPositions(inputs.count).pack(a[rows: inputs])
            }
            slot.outputPositions(outputs.count).pack(b[rows: outputs])
        }
    }
}
