import Tensors

/// The gradient through a layer's window h(a, b) = exp(−s_k r²), with r² = |a − b|² over the first two coordinates only and w the width:
/// with H = −2 s_k · dW ⊙ W,
///
///     da_j += Σ_k H_kj (a_j − b_k),   db_k += Σ_j H_kj (b_k − a_j),   dp_k = −Σ_j H_kj |a_j − b_k|²
///
/// The last one is −(Σ_j H_kj |a_j|² − 2 b_k · Σ_j H_kj a_j + |b_k|² Σ_j H_kj), so that |a|² is summed as a third coordinate of a.
/// Partial sums are kept by groups as those of `CloudGradients` are.
struct WindowSums: Sendable {
    private let window: CloudWindow
    private let memory: ScratchCursor
    private let counts: (inputs: Int, outputs: Int)
    private let groups: (inputs: Int, outputs: Int)

    /// - Parameter memory: memory for `partials` floats.
    init(_ window: CloudWindow, _ memory: ScratchCursor, inputs: Int, outputs: Int, _ groups: (inputs: Int, outputs: Int)) {
        (self.window, self.memory, counts, self.groups) = (window, memory, (inputs, outputs), groups)
    }

    /// Floats of shared memory for the partial sums.
    static func partials(inputs: Int, outputs: Int, _ groups: (inputs: Int, outputs: Int)) -> Int {
        groups.inputs * ScratchCursor.floats(outputs, 4) + groups.outputs * ScratchCursor.floats(inputs, 3)
    }

    /// Floats of each thread's scratch memory.
    static let scratch: Int = {
        let (depth, columns) = (PointCloudLayer.tileDepth, CloudGradients.columns)
        return Panels.floats(depth, 2) + Panels.floats(columns, 3) + ScratchCursor.floats(columns, 3) + columns + 64
    }()

    /// Σ H·(x, y, x² + y²) and Σ H of the output neurons over one group of input neurons.
    func outputs(_ group: Int) -> CloudSums {
        CloudSums(memory, after: group * ScratchCursor.floats(counts.outputs, 4), counts.outputs, 3)
    }

    /// Σ H·(x, y) and Σ H of the input neurons over one group of output neurons.
    func inputs(_ group: Int) -> CloudSums {
        let before = groups.inputs * ScratchCursor.floats(counts.outputs, 4)
        return CloudSums(memory, after: before + group * ScratchCursor.floats(counts.inputs, 3), counts.inputs, 2)
    }

    /// Adds a tile's share: `tile` (K, J) is dW ⊙ W, which is changed, of the output neurons `rows` at b and of input neurons at a.
    func add(
        _ tile: Panels, _ a: Matrix, _ b: Matrix, to sums: (inputs: CloudSums, outputs: CloudSums), _ rows: Range<Int>,
        _ scratch: ScratchCursor
    ) {
        var scratch = scratch
        tile.scaleRows { -2 * window.scales.base[rows.lowerBound + $0] }
        let places = scratch.take(a.rows, 3), aPanels = scratch.panels(a.rows, 3), bPanels = scratch.panels(b.rows, 2)
        for j in 0..<a.rows {
            let (x, y, place) = (a.row(j)[0], a.row(j)[1], places.row(j))
            (place[0], place[1], place[2]) = (x, y, x * x + y * y)
        }
        aPanels.pack(places)
        bPanels.pack(b[columns: 0..<2])
        let totals = scratch.take(wholePanels(a.rows))
        for j in 0..<a.rows { totals[j] = sums.inputs.totals.row(j).pointee }
        for panel in 0..<tile.panels.count {
            let neurons = tile.panels[panel]
            multiply(tile.transposedRows(panel: panel), bPanels, into: sums.inputs.others[rows: neurons], initial: .sum)
            multiply(tile.rows(panel: panel), aPanels[depth: neurons], into: sums.outputs.others, initial: .sum)
        }
        tile.addSums(rows: sums.outputs.totals, columns: totals)
        for j in 0..<a.rows { sums.inputs.totals.row(j).pointee = totals[j] }
    }

    /// Adds all partial sums to the clouds' gradients and sets that of the exponents, in the order of the groups.
    func reduce(_ a: Matrix, _ b: Matrix, into da: Matrix, _ db: Matrix) {
        let place = 0..<2, dp = window.exponents.gradient
        for group in 0..<groups.outputs {
            inputs(group).add(to: da[columns: place], of: a[columns: place], .euclidean)
        }
        dp.clear()
        for group in 0..<groups.inputs {
            let sums = outputs(group)
            CloudSums(sums.others[columns: place], sums.totals).add(to: db[columns: place], of: b[columns: place], .euclidean)
            for k in 0..<b.rows {
                let (x, y, sum) = (b.row(k)[0], b.row(k)[1], sums.others.row(k))
                dp.base[k] -= sum[2] - 2 * (x * sum[0] + y * sum[1]) + (x * x + y * y) * sums.totals.row(k).pointee
            }
        }
    }
}
