import Specs
import Tensors

/// The tasks of a point cloud layer's backward pass: a task owns consecutive tiles of input neurons. Each task has its own partial
/// sum of the output cloud's gradient, so their number is limited; the partial sums are added in an order that the shape alone gives.
struct CloudTasks: Sendable {
    /// Input neurons of a tile: with 1,024 rows of a batch, their activations are 256 kB, which stay in the second cache.
    static let mostColumns = 64
    private static let fewestColumns = 32
    /// Floats of all partial sums, where that gives at least `fewestTasks`.
    private static let mostFloats = 2_097_152
    private static let fewestTasks = 16
    private static let mostTasks = 64

    let tiles: Tiling
    let count: Int

    init(inputs: Int, outputs: Int, d: Int) {
        let size = inputs >= Self.mostTasks * Self.mostColumns ? Self.mostColumns : Self.fewestColumns
        tiles = Tiling(inputs, by: size)
        let affordable = max(Self.fewestTasks, Self.mostFloats / (outputs * (d + 1)))
        count = min(Self.mostTasks, affordable, tiles.count)
    }

    /// The tiles of a task.
    subscript(task: Int) -> Range<Int> { task * tiles.count / count..<(task + 1) * tiles.count / count }

    /// Floats of shared memory that the tasks' partial sums take.
    func floats(outputs: Int, d: Int) -> Int { count * ScratchCursor.floats(outputs, d + 1) }

    /// Adds the tasks' partial sums in the order of the tasks.
    func addPartials(_ partials: ScratchCursor, to outputCloud: Parameter, _ distance: Distance, _ workers: Workers) {
        let outputs = outputCloud.value.shape[0], d = outputCloud.value.shape[1]
        let tiles = Tiling(outputs, by: 32)
        workers.forEach(tiles.count) { tile, _ in
            for task in 0..<count {
                CloudSums(shared: partials, task, outputs, d)[tiles[tile]].add(to: outputCloud, tiles[tile], distance)
            }
        }
    }
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

    /// Adds to the neurons' gradients, (count, d) as their positions are: position·ΣG − ΣG·other; of a dot product, ΣG·other.
    func add(to gradients: Matrix, of positions: Matrix, _ distance: Distance) {
        let d = others.columns, isDot = distance == .dot
        for row in 0..<others.rows {
            let (gradient, position) = (gradients.row(row), positions.row(row))
            let (other, total) = (others.row(row), totals.row(row).pointee)
            if isDot {
                for c in 0..<d { gradient[c] += other[c] }
            } else {
                for c in 0..<d { gradient[c] += total * position[c] - other[c] }
            }
        }
    }

    func add(to cloud: Parameter, _ neurons: Range<Int>, _ distance: Distance) {
        add(to: cloud.gradient.matrix[rows: neurons], of: cloud.value.matrix[rows: neurons], distance)
    }
}

extension CloudSums {
    /// The partial sum of a task, in memory that all tasks share.
    init(shared: ScratchCursor, _ task: Int, _ outputs: Int, _ d: Int) {
        var cursor = shared
        cursor.skip(task * ScratchCursor.floats(outputs, d + 1))
        let both = cursor.take(outputs, d + 1)
        self.init(others: both[columns: 0..<d], totals: both[columns: d..<d + 1])
    }
}

/// The working memory of a backward task for one tile of input neurons J: their positions, and the sums of their gradients.
struct CloudTile {
    /// The positions of J, (d, J) and (J, d).
    let positions: Panels
    private let a: Panels
    /// Of the input cloud.
    let sums: CloudSums
    /// For the panels of a part K of the outputs.
    private let rest: ScratchCursor
    private let columns: Int
    private let d: Int

    static func floats(d: Int) -> Int {
        let (columns, depth) = (CloudTasks.mostColumns, PointCloudLayer.tileDepth)
        return Panels.floats(d, columns) + 2 * Panels.floats(columns, d) + ScratchCursor.floats(columns, 1)
            + 3 * Panels.floats(depth, columns) + Panels.floats(depth, d)
    }

    init(_ scratch: ScratchCursor, _ cloud: Matrix) {
        var scratch = scratch
        (columns, d) = (cloud.rows, cloud.columns)
        positions = scratch.panels(d, columns)
        positions.pack(cloud.transposed)
        a = scratch.panels(columns, d)
        a.pack(cloud)
        sums = CloudSums(others: scratch.take(columns, d), totals: scratch.take(columns, 1))
        sums.clear()
        rest = scratch
    }

    /// Memory for the weights, slopes and gradient of a part (K, J).
    func panels(_ rows: Int) -> (w: Panels, s: Panels, g: Panels) {
        var rest = rest
        return (rest.panels(rows, columns), rest.panels(rows, columns), rest.panels(rows, columns))
    }

    /// Adds the share of g (K, J) to the input cloud's sums and, for the positions b (K, d) of the output cloud, to `db`.
    func addSums(of g: Panels, _ b: Matrix, to db: CloudSums) {
        var rest = rest
        rest.skip(3 * Panels.floats(PointCloudLayer.tileDepth, CloudTasks.mostColumns))
        let bPanels = rest.panels(b.rows, d)
        bPanels.pack(b)
        for panel in 0..<g.panels.count {
            let neurons = g.panels[panel]
            multiply(g.transposedRows(panel: panel), bPanels, into: sums.others[rows: neurons], initial: .sum)
            multiply(g.rows(panel: panel), a[depth: neurons], into: db.others, initial: .sum)
        }
        g.addSums(rows: db.totals, columns: sums.totals.base)
    }
}
