import Specs
import Tensors

/// The gradients of both clouds of W[j, k] = F(z(a_j, b_k)), for G = dW ⊙ S with the slopes S of F:
///
///     da_j = Σ_k G_kj (a_j − b_k),   db_k = Σ_j G_kj (b_k − a_j)      (a dot product: da_j = Σ_k G_kj b_k, db_k = Σ_j G_kj a_j)
///
/// With the factors of a layer, W[j, k] = g_k h(a_j, b_k) F(z(a_j, b_k)), G has them too, and dg_k = Σ_j dW[j, k] h(a_j, b_k) F(…);
/// for the gradient of h see `WindowSums`.
///
/// For ε · exp(p), scaling all positions is scaling ε, so that dp = −Σ_jk G_kj ‖a_j − b_k‖² follows from the same sums: this layer's
/// shares of Σ_j a_j·da_j + Σ_k b_k·db_k, negated; half of that for squared distances, and the first sum alone for a dot product.
///
/// A task owns some input neurons J and some output neurons K. It has its own partial sums of both gradients, which are added in an
/// order that the shape alone gives: O(n + m) memory for a limited number of tasks.
struct CloudGradients: Sendable {
    /// Input neurons of a tile: with 1,024 rows of a batch, their activations are 256 kB, which stay in the second cache.
    static let columns = 64

    private let a: Matrix
    private let b: Matrix
    private let kernel: WeightKernel
    private let factors: OutputFactors?
    private let exponent: Parameter?
    private let grid: Grid
    private let memory: ScratchCursor

    /// The input neurons in tiles, these in groups; the output neurons in parts, these in groups. A task is a pair of groups.
    private struct Grid: Sendable {
        private static let mostGroups = (inputs: 16, outputs: 4)
        /// Floats of the partial sums, unless a task for every group of input neurons takes more.
        private static let mostFloats = 1_500_000

        let tiles: Tiling
        let parts: Tiling
        let groups: (inputs: Int, outputs: Int)

        init(inputs: Int, outputs: Int, d: Int) {
            tiles = Tiling(inputs, by: CloudGradients.columns)
            parts = Tiling(outputs, by: PointCloudLayer.tileDepth)
            let ofInputs = min(Self.mostGroups.inputs, tiles.count)
            let affordable = (Self.mostFloats / (d + 1) - ofInputs * outputs) / inputs
            groups = (ofInputs, max(1, min(Self.mostGroups.outputs, affordable, parts.count)))
        }

        /// Numbers of the tiles and of the parts of a task.
        subscript(task: Int) -> (tiles: Range<Int>, parts: Range<Int>) {
            let (i, o) = (task / groups.outputs, task % groups.outputs)
            return (
                i * tiles.count / groups.inputs..<(i + 1) * tiles.count / groups.inputs,
                o * parts.count / groups.outputs..<(o + 1) * parts.count / groups.outputs
            )
        }
    }

    /// - Parameters:
    ///   - a: the input neurons' positions (n, d).
    ///   - b: the output neurons' positions (m, d).
    ///   - exponent: p of a trained ε · exp(p).
    ///   - partials: memory for `partials` floats.
    init(
        _ a: Matrix, _ b: Matrix, _ kernel: WeightKernel, _ factors: OutputFactors? = nil, _ exponent: Parameter? = nil,
        partials: ScratchCursor
    ) {
        (self.a, self.b, self.kernel, memory) = (a, b, kernel, partials)
        (self.factors, self.exponent) = (factors, exponent)
        grid = Grid(inputs: a.rows, outputs: b.rows, d: a.columns)
    }

    var tasks: Int { grid.groups.inputs * grid.groups.outputs }

    /// Floats of shared memory for the partial sums.
    static func partials(inputs: Int, outputs: Int, d: Int, _ factors: OutputFactors? = nil) -> Int {
        let groups = Grid(inputs: inputs, outputs: outputs, d: d).groups
        let ofClouds =
            groups.inputs * ScratchCursor.floats(outputs, d + 1) + groups.outputs * ScratchCursor.floats(inputs, d + 1)
        guard let factors else { return ofClouds }
        let ofWindow = factors.window == nil ? 0 : WindowSums.partials(inputs: inputs, outputs: outputs, groups)
        return ofClouds + groups.inputs * ScratchCursor.floats(outputs, 1) + ofWindow
    }

    /// Floats of each thread's scratch memory.
    static func scratch(d: Int, _ factors: OutputFactors? = nil) -> Int {
        let depth = PointCloudLayer.tileDepth
        let tiles = Panels.floats(d, columns) + Panels.floats(columns, d) + 3 * Panels.floats(depth, columns)
        return tiles + Panels.floats(depth, d) + 2 * columns + 128 + (factors?.window == nil ? 0 : WindowSums.scratch)
    }

    /// Adds up one task's partial sums. `fill(g, slopes, rows, columns)` sets g (K, J) = dW for the output neurons `rows` and the input
    /// neurons `columns`, ⊙ slopes where they are given.
    func run(_ task: Int, _ scratch: ScratchCursor, _ fill: (_ g: Panels, _ slopes: Panels?, Range<Int>, Range<Int>) -> Void) {
        let (tiles, parts) = grid[task], d = a.columns
        let (ofInputs, ofOutputs) = (task / grid.groups.outputs, task % grid.groups.outputs)
        let db = sums(ofOutputs: ofInputs)
        for part in parts { db[grid.parts[part]].clear() }
        if factors != nil { for part in parts { gainSums(ofInputs)[rows: grid.parts[part]].clear() } }
        let window = windowSums
        if let window { for part in parts { window.outputs(ofInputs)[grid.parts[part]].clear() } }
        for tile in tiles {
            let columns = grid.tiles[tile], count = columns.count
            var scratch = scratch
            let positions = scratch.panels(d, count), aPanels = scratch.panels(count, d)
            positions.pack(a[rows: columns].transposed)
            aPanels.pack(a[rows: columns])
            let totals = scratch.take(wholePanels(count))
            totals.update(repeating: 0, count: wholePanels(count))
            let da = sums(ofInputs: ofOutputs)[columns]
            da.clear()
            window?.inputs(ofOutputs)[columns].clear()
            for part in parts {
                let rows = grid.parts[part], b = b[rows: rows]
                var scratch = scratch
                let (w, s) = (scratch.panels(rows.count, count), scratch.panels(rows.count, count))
                let (g, bPanels) = (scratch.panels(rows.count, count), scratch.panels(rows.count, d))
                kernel.weights(b, positions, into: w, slopes: s)
                if let factors {
                    fill(g, nil, rows, columns)
                    addFactors(factors, g, w, s, (rows, columns), positions, (ofInputs, ofOutputs), scratch)
                } else {
                    fill(g, s, rows, columns)
                }
                bPanels.pack(b)
                for panel in 0..<g.panels.count {
                    let neurons = g.panels[panel]
                    multiply(g.transposedRows(panel: panel), bPanels, into: da.others[rows: neurons], initial: .sum)
                    multiply(g.rows(panel: panel), aPanels[depth: neurons], into: db.others[rows: rows], initial: .sum)
                }
                g.addSums(rows: db.totals[rows: rows], columns: totals)
            }
            for index in 0..<count { da.totals.row(index).pointee = totals[index] }
        }
    }

    /// Turns a tile g = dW into that of F(D), given F in w and its slopes, and adds up the gradients of the factors. w and slopes are
    /// changed; `neurons` are the tile's rows and columns.
    private func addFactors(
        _ factors: OutputFactors, _ g: Panels, _ w: Panels, _ slopes: Panels,
        _ neurons: (outputs: Range<Int>, inputs: Range<Int>),
        _ positions: Panels, _ groups: (ofInputs: Int, ofOutputs: Int), _ scratch: ScratchCursor
    ) {
        let rows = neurons.outputs, b = b[rows: rows]
        var scratch = scratch
        if let scales = factors.window?.scales {
            w.multiplyByWindow(b, positions, rowScales: scales.base + rows.lowerBound)
            slopes.multiplyByWindow(b, positions, rowScales: scales.base + rows.lowerBound)
        }
        w.multiply(by: g)
        // Their column sums are not needed.
        w.addSums(rows: gainSums(groups.ofInputs)[rows: rows], columns: scratch.take(wholePanels(w.columns)))
        if let window = windowSums {
            factors.scaleByGain(w, rows: rows)
            let sums = (window.inputs(groups.ofOutputs)[neurons.inputs], window.outputs(groups.ofInputs)[rows])
            window.add(w, a[rows: neurons.inputs], b, to: sums, rows, scratch)
        }
        g.multiply(by: slopes)
        factors.scaleByGain(g, rows: rows)
    }

    /// Memory for the window's partial sums, after the others.
    private var windowSums: WindowSums? {
        guard let window = factors?.window else { return nil }
        var memory = memory
        let ofClouds = Self.partials(inputs: a.rows, outputs: b.rows, d: a.columns)
        memory.skip(ofClouds + grid.groups.inputs * ScratchCursor.floats(b.rows, 1))
        return WindowSums(window, memory, inputs: a.rows, outputs: b.rows, grid.groups)
    }

    /// Adds all tasks' partial sums to the clouds' gradients (n, d) and (m, d), in the order of the tasks, and sets those of the factors.
    func reduce(into da: Matrix, _ db: Matrix, _ workers: Workers) {
        factors?.setGradient(parts: grid.groups.inputs) { gainSums($0) }
        defer { windowSums?.reduce(a, b, into: da, db) }
        let (tilesOfA, tilesOfB) = (Tiling(a.rows, by: 32), Tiling(b.rows, by: 32))
        let tasks = tilesOfA.count + tilesOfB.count
        workers.forEach(exponent == nil ? tasks : tasks + 1) { index, _ in
            if index == tasks {
                setGradientOfExponent()
            } else if index < tilesOfA.count {
                let neurons = tilesOfA[index]
                for group in 0..<grid.groups.outputs {
                    sums(ofInputs: group)[neurons].add(to: da[rows: neurons], of: a[rows: neurons], kernel.distance)
                }
            } else {
                let neurons = tilesOfB[index - tilesOfA.count]
                for group in 0..<grid.groups.inputs {
                    sums(ofOutputs: group)[neurons].add(to: db[rows: neurons], of: b[rows: neurons], kernel.distance)
                }
            }
        }
    }

    /// Sets dp from all tasks' partial sums, in the order of the tasks.
    private func setGradientOfExponent() {
        var sum = 0.0
        for group in 0..<grid.groups.outputs { sum += sums(ofInputs: group).moment(a, kernel.distance) }
        if kernel.distance != .dot {
            for group in 0..<grid.groups.inputs { sum += sums(ofOutputs: group).moment(b, kernel.distance) }
        }
        exponent?.gradient.base[0] = Float(kernel.distance == .squared ? -sum / 2 : -sum)
    }

    /// The partial sums of the gains' gradient (m, 1) over one group of input neurons.
    private func gainSums(_ group: Int) -> Matrix {
        var cursor = memory
        let before = Self.partials(inputs: a.rows, outputs: b.rows, d: a.columns)
        cursor.skip(before + group * ScratchCursor.floats(b.rows, 1))
        return cursor.take(b.rows, 1)
    }

    /// The partial sums of db over one group of input neurons.
    private func sums(ofOutputs group: Int) -> CloudSums {
        CloudSums(memory, after: group * ScratchCursor.floats(b.rows, b.columns + 1), b.rows, b.columns)
    }

    /// The partial sums of da over one group of output neurons.
    private func sums(ofInputs group: Int) -> CloudSums {
        let before = grid.groups.inputs * ScratchCursor.floats(b.rows, b.columns + 1)
        return CloudSums(memory, after: before + group * ScratchCursor.floats(a.rows, a.columns + 1), a.rows, a.columns)
    }
}

/// For some neurons of one cloud: Σ G·other (count, d), the other cloud's positions weighted by G, and Σ G (count, 1).
struct CloudSums: Sendable {
    let others: Matrix
    let totals: Matrix

    init(_ others: Matrix, _ totals: Matrix) { (self.others, self.totals) = (others, totals) }

    init(_ memory: ScratchCursor, after floats: Int, _ neurons: Int, _ d: Int) {
        var cursor = memory
        cursor.skip(floats)
        let both = cursor.take(neurons, d + 1)
        self.init(both[columns: 0..<d], both[columns: d..<d + 1])
    }

    subscript(neurons: Range<Int>) -> CloudSums { CloudSums(others[rows: neurons], totals[rows: neurons]) }

    func clear() {
        others.clear()
        totals.clear()
    }

    /// Σ position · its gradient over the neurons, for what `add` adds.
    func moment(_ positions: Matrix, _ distance: Distance) -> Double {
        var sum = 0.0
        for row in 0..<others.rows {
            let (position, other) = (positions.row(row), others.row(row))
            let total = distance == .dot ? 0 : totals.row(row).pointee
            for c in 0..<others.columns {
                let gradient = distance == .dot ? other[c] : total * position[c] - other[c]
                sum += Double(position[c] * gradient)
            }
        }
        return sum
    }

    /// Adds to the neurons' gradients (count, d), given their positions: position·ΣG − ΣG·other; for a dot product ΣG·other.
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
}
