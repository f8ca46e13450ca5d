import Tensors
import Testing

/// The expected bits of a sum: one chain of multiply-adds in index order.
private func chain(_ start: Float, _ pairs: some Sequence<(Float, Float)>, _ kernels: Kernels) -> Float {
    pairs.reduce(start) { kernels.arithmetic == "fused" ? $0.addingProduct($1.0, $1.1) : $0 + $1.0 * $1.1 }
}

/// Sizes around those of a row group, a panel, a block of rows and a K-block.
private let sizes = [1, 2, 5, 7, 8, 9, 15, 16, 17, 31, 33, 48]
private let shapes =
    sizes.flatMap { rows in sizes.map { (rows, $0, 1 + (rows * 7 + $0 * 3) % 40) } }
    + [(145, 33, 264), (289, 16, 265), (24, 127, 263), (150, 129, 3), (6, 64, 0)]

@Suite("Products of packed operands, for every instruction set")
struct ProductTests {
    @Test(
        "are bit-identical to chains of multiply-adds, and write nothing outside the result", arguments: Kernels.all.indices
    )
    func definition(_ set: Int) {
        let kernels = Kernels.all[set]
        for (rows, columns, depth) in shapes {
            let a = Scratch.matrix(rows, depth, "a", margin: 3), aT = Scratch.matrix(depth, rows, "aT", margin: 1)
            let b = Scratch.matrix(depth, columns, "b", margin: 2), bT = Scratch.matrix(columns, depth, "bT", margin: 5)
            let (plain, transposed) = (Scratch.panels(depth, columns), Scratch.panels(depth, columns))
            plain.pack(b, kernels)
            transposed.pack(bT.transposed, kernels)
            let packed = PackedLHS(
                packedIn: Scratch.floats(PackedLHS.floats(rows: rows, depth: depth)), rows: rows, depth: depth, kernels)
            packed.pack(aT, kernels)
            let c = Scratch.matrix(rows, columns, "c", margin: 4, filler: 77)
            multiply(PackedLHS(a), plain, into: c, kernels)
            multiply(packed, transposed, into: c, initial: .sum, kernels)
            for i in 0..<rows {
                for k in 0..<columns {
                    let first = chain(0, (0..<depth).map { (a.row(i)[$0], b.row($0)[k]) }, kernels)
                    let both = chain(first, (0..<depth).map { (aT.row($0)[i], bT.row(k)[$0]) }, kernels)
                    #expect(c.row(i)[k] == both, "\(rows) × \(columns) × \(depth) at \(i), \(k)")
                }
                #expect((columns..<columns + 4).allSatisfy { c.row(i)[$0] == 77 }, "outside row \(i)")
            }
        }
    }

    @Test("apply a bias as initial value and ReLU as epilogue, which keeps NaN", arguments: Kernels.all.indices)
    func biasAndReLU(_ set: Int) {
        let kernels = Kernels.all[set]
        for (rows, columns, depth) in shapes where depth > 0 {
            let (a, b) = (Scratch.matrix(rows, depth, "a"), Scratch.matrix(depth, columns, "b"))
            let bias = Scratch.matrix(1, columns, "bias", margin: 16)
            a.row(rows - 1)[0] = .nan
            let (panels, c) = (Scratch.panels(depth, columns), Scratch.matrix(rows, columns, "c"))
            panels.pack(b, kernels)
            multiply(PackedLHS(a), panels, into: c, initial: .bias(Bias(bias.base)), then: .relu, kernels)
            for i in 0..<rows - 1 {
                for k in 0..<columns {
                    #expect(c.row(i)[k] == max(0, chain(bias.base[k], (0..<depth).map { (a.row(i)[$0], b.row($0)[k]) }, kernels)))
                }
            }
            #expect((0..<columns).allSatisfy { c.row(rows - 1)[$0].isNaN })
        }
    }

    @Test(
        "can be stored in panels and multiplied by panels; their panels are left-hand sides, plain and transposed",
        arguments: Kernels.all.indices)
    func panels(_ set: Int) {
        let kernels = Kernels.all[set]
        for (rows, columns, depth) in shapes where depth > 0 {
            let (a, b) = (Scratch.matrix(rows, depth, "a"), Scratch.matrix(depth, columns, "b"))
            let (panels, g, s) = (Scratch.panels(depth, columns), Scratch.panels(rows, columns), Scratch.panels(rows, columns))
            let factors = Scratch.matrix(rows, columns, "s")
            panels.pack(b, kernels)
            s.pack(factors, kernels)
            multiply(PackedLHS(a), panels, into: g, then: .times(s), kernels)
            for i in 0..<rows {
                for k in 0..<columns {
                    #expect(g[i, k] == chain(0, (0..<depth).map { (a.row(i)[$0], b.row($0)[k]) }, kernels) * factors.row(i)[k])
                }
            }
            // g · ones and gᵀ · ones must equal the sums by `addSums`.
            let (down, across) = (Scratch.matrix(columns, 1, "down"), Scratch.matrix(rows, 1, "across"))
            let sums = (rows: Scratch.matrix(rows, 1, "rows", margin: 2), columns: Scratch.floats(columns + 16))
            let start = (0..<rows).map { sums.rows.row($0)[0] }
            let ones = Scratch.panels(max(rows, columns), 1)
            ones.pack(Scratch.ones(ones.depth), kernels)
            for panel in 0..<g.panels.count {
                let part = g.panels[panel]
                multiply(g.transposedRows(panel: panel, kernels), ones[depth: 0..<rows], into: down[rows: part], kernels)
                multiply(g.rows(panel: panel), ones[depth: part], into: across, initial: panel == 0 ? .zero : .sum, kernels)
            }
            g.addSums(rows: sums.rows, columns: sums.columns, kernels)
            for k in 0..<columns {
                let sum = (0..<rows).reduce(Float(0)) { $0 + g[$1, k] }
                #expect(down.row(k)[0] == sum && sums.columns[k] == sum)
            }
            for i in 0..<rows {
                let sum = (0..<columns).reduce(Float(0)) { $0 + g[i, $1] }
                #expect(across.row(i)[0] == sum)
                #expect(abs(sums.rows.row(i)[0] - start[i] - sum) < 1e-4)
            }
        }
    }

    @Test("of operands packed in K-blocks are bit-identical to those of whole operands")
    func blocks() {
        let (rows, columns, depth) = (50, 20, 100)
        let (aT, b) = (Scratch.matrix(depth, rows, "aT"), Scratch.matrix(depth, columns, "b"))
        let depths = Tiling(depth, by: 24)
        let factor = RowBlocks(Scratch.floats(PackedLHS.floats(rows: rows, depth: depth)), rows: rows, depths: depths)
        let panels = PanelBlocks(Scratch.floats(Panels.floats(depth, columns)), columns: columns, depths: depths)
        for block in 0..<depths.count { factor[block].pack(aT[rows: depths[block]]) }
        for block in 0..<depths.count { for part in [0..<16, 16..<columns] { panels.pack(b, block: block, columns: part) } }
        let c = Scratch.matrix(rows, columns, "c")
        for block in 0..<depths.count {
            for part in [0..<24, 24..<rows] {
                let a = factor[block]
                multiply(
                    a[rows: part], panels[block], into: c[rows: part], initial: block == 0 ? .zero : .sum)
            }
        }
        for i in 0..<rows {
            for k in 0..<columns {
                #expect(c.row(i)[k] == chain(0, (0..<depth).map { (aT.row($0)[i], b.row($0)[k]) }, .current))
            }
        }
    }
}
