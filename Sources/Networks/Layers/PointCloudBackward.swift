import Tensors

/// How the backward pass of a point cloud layer is cut: a task owns a stretch of input neurons, in tiles. Every task sums a part
/// of the output cloud's gradient, so their number is limited: O(m) memory, and an order of the sums that the shape alone gives.
package struct BackwardTasks: Sendable {
    /// Input neurons of a tile: with 1,024 rows of a batch, their activations are 256 kB and stay in the second cache.
    package static let columns = 64
    private static let most = 16
    package let tiles: Tiling
    package let count: Int

    package init(inputs: Int) {
        tiles = Tiling(inputs, by: Self.columns)
        count = min(Self.most, tiles.count)
    }

    /// The tiles of a task.
    package subscript(task: Int) -> Range<Int> { task * tiles.count / count..<(task + 1) * tiles.count / count }
}

/// For some neurons of one cloud: Σ G·other (count, d), the other cloud's positions weighted by G, and Σ G (count, 1).
struct CloudSums: Sendable {
    let others: Matrix
    let totals: Matrix

    subscript(neurons: Range<Int>) -> CloudSums { CloudSums(others: others[rows: neurons], totals: totals[rows: neurons]) }

    func clear() {
        for row in 0..<others.rows {
            others.row(row).update(repeating: 0, count: others.columns)
            totals.row(row).pointee = 0
        }
    }

    /// A position's gradient is position·ΣG − ΣG·other; of a dot product, ΣG·other.
    func add(to cloud: Parameter, _ neurons: Range<Int>, _ distance: DistanceKind) {
        let d = others.columns
        for (row, neuron) in neurons.enumerated() {
            let (gradient, position) = (cloud.gradient.base + neuron * d, cloud.value.base + neuron * d)
            let (other, total) = (others.row(row), totals.row(row).pointee)
            switch distance {
            case .euclidean, .squared: for c in 0..<d { gradient[c] += total * position[c] - other[c] }
            case .dot: for c in 0..<d { gradient[c] += other[c] }
            }
        }
    }
}

extension CloudSums {
    /// The part of task `task` in memory that all tasks share.
    init(shared: ScratchCursor, _ task: Int, _ outputs: Int, _ d: Int) {
        var cursor = shared
        cursor.skip(task * ScratchCursor.floats(outputs, d + 1))
        let both = cursor.take(outputs, d + 1)
        self.init(others: both[columns: 0..<d], totals: both[columns: d..<d + 1])
    }
}

/// What a backward task holds of one tile of input neurons J.
struct BackwardScratch {
    /// x[:, J] (B, J).
    private let x: PanelBlocks
    /// The positions of J, (d, J) and (J, d).
    let positions: Panels
    private let a: Panels
    /// Of the input cloud.
    let sums: CloudSums
    /// For the panels of a part K of the contraction.
    private let rest: ScratchCursor
    private let d: Int

    static func floats(batch: Int, d: Int) -> Int {
        let (columns, depth) = (BackwardTasks.columns, TileSize.depth)
        return Panels.floats(batch, columns) + Panels.floats(d, columns) + 2 * Panels.floats(columns, d)
            + ScratchCursor.floats(columns, 1) + 3 * Panels.floats(depth, columns) + Panels.floats(depth, d)
    }

    init(_ scratch: ScratchCursor, _ x: Matrix, _ cloud: Matrix) {
        var scratch = scratch
        let columns = x.columns
        d = cloud.columns
        self.x = scratch.panelBlocks(x.rows, columns)
        self.x.pack(x)
        positions = scratch.panels(d, columns)
        positions.pack(cloud.transposed)
        a = scratch.panels(columns, d)
        a.pack(cloud)
        sums = CloudSums(others: scratch.take(columns, d), totals: scratch.take(columns, 1))
        sums.clear()
        rest = scratch
    }

    /// Memory for weights, slopes and gradient of a part (K, J).
    func panels(_ rows: Int) -> (w: Panels, s: Panels, g: Panels) {
        var rest = rest
        let columns = x.columns
        return (rest.panels(rows, columns), rest.panels(rows, columns), rest.panels(rows, columns))
    }

    /// g (K, J) = dyᵀ[K, :]·x[:, J] ⊙ s
    func multiplyBatch(_ dyT: RowBlocks, _ rows: Range<Int>, into g: Panels, times s: Panels) {
        for block in 0..<x.depths.count {
            let (factor, panels) = (dyT[block], x[block])
            multiply(
                factor[rows: rows, depth: 0..<factor.depth], panels, into: g, from: block == 0 ? .zero : .sum,
                then: block == x.depths.count - 1 ? .times(s) : .sums)
        }
    }

    /// Adds what g (K, J) comes to for the input cloud, and to `db` for the positions b (K, d) of the output cloud.
    func addSums(of g: Panels, _ b: Matrix, to db: CloudSums) {
        var rest = rest
        rest.skip(3 * Panels.floats(TileSize.depth, BackwardTasks.columns))
        let bPanels = rest.panels(b.rows, d)
        bPanels.pack(b)
        for panel in 0..<g.panels.count {
            let neurons = g.panels[panel]
            multiply(g.transposedRows(panel: panel), bPanels, into: sums.others[rows: neurons], from: .sum)
            multiply(g.rows(panel: panel), a[depth: neurons], into: db.others, from: .sum)
        }
        g.addSums(rows: db.totals, columns: sums.totals.base)
    }
}
