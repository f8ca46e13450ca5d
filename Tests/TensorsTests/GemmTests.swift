import Testing

@testable import Tensors

@Suite("gemm")
struct GemmTests {
    /// Sizes around a tile's, thin products, and one with several tiles in both dimensions.
    private static let shapes = [
        (1, 1, 1), (3, 17, 5), (16, 1, 33), (130, 10, 300), (70, 300, 16), (257, 129, 31), (600, 550, 90), (5, 4, 0),
    ]

    @Test("computes the definition's product of plain and transposed operands, and writes nothing outside the result")
    func definition() {
        for (m, n, k) in Self.shapes {
            for (isATransposed, isBTransposed) in [(false, false), (true, false), (false, true), (true, true)] {
                let a = isATransposed ? Scratch.matrix(k, m, "a", margin: 3) : Scratch.matrix(m, k, "a", margin: 3)
                let b = isBTransposed ? Scratch.matrix(n, k, "b", margin: 1) : Scratch.matrix(k, n, "b", margin: 1)
                let (left, right) = (isATransposed ? a.transposed : .plain(a), isBTransposed ? b.transposed : .plain(b))
                let c = Scratch.matrix(m, n, "c", margin: 4, filler: 77)
                gemm(left, right, into: c, Workers(threads: 2))
                for i in 0..<m {
                    for j in 0..<n {
                        let sum = (0..<k).reduce(0.0) {
                            $0 + Double(isATransposed ? a.row($1)[i] : a.row(i)[$1])
                                * Double(isBTransposed ? b.row(j)[$1] : b.row($1)[j])
                        }
                        #expect(abs(Double(c.row(i)[j]) - sum) < 1e-4, "\(m), \(n), \(k) at \(i), \(j)")
                    }
                    #expect((n..<n + 4).allSatisfy { c.row(i)[$0] == 77 }, "outside row \(i)")
                }
            }
        }
    }

    @Test("applies a bias as initial value, and ReLU or its mask as epilogue; both keep NaN")
    func initialValueAndEpilogue() {
        for (m, n, k) in Self.shapes where k > 0 {
            let (a, b) = (Scratch.matrix(m, k, "a"), Scratch.matrix(k, n, "b")), bias = Scratch.matrix(1, n, "bias")
            a.row(m - 1)[0] = .nan
            let (plain, c) = (Scratch.matrix(m, n, "c"), Scratch.matrix(m, n, "c"))
            let output = Scratch.matrix(m, n, "output")
            output.row(0)[0] = 0
            gemm(.plain(a), .plain(b), into: plain, initial: .bias(Bias(bias.base)), Workers(threads: 1))
            gemm(.plain(a), .plain(b), into: c, initial: .bias(Bias(bias.base)), Workers(threads: 2), then: .relu)
            for i in 0..<m - 1 { for j in 0..<n { #expect(c.row(i)[j] == max(0, plain.row(i)[j])) } }
            #expect((0..<n).allSatisfy { c.row(m - 1)[$0].isNaN })
            gemm(.plain(a), .plain(b), into: c, initial: .bias(Bias(bias.base)), Workers(threads: 2), then: .mask(output))
            for i in 0..<m - 1 { for j in 0..<n { #expect(c.row(i)[j] == (output.row(i)[j] > 0 ? plain.row(i)[j] : 0)) } }
            let zero = Scratch.matrix(m, n, "c")
            gemm(.plain(a), .plain(b), into: zero, Workers(threads: 1))
            if m > 1 { #expect(abs(zero.row(0)[0] + bias.base[0] - plain.row(0)[0]) < 1e-4) }
        }
    }

    @Test("two products in one pass give the same bits as one after the other")
    func pair() {
        let (a, b, c) = (Scratch.matrix(40, 50, "a"), Scratch.matrix(50, 60, "b"), Scratch.matrix(60, 10, "c"))
        let (one, two) = (Scratch.matrix(40, 60, "1"), Scratch.matrix(50, 10, "2"))
        let (first, second) = (Scratch.matrix(40, 60, "1"), Scratch.matrix(50, 10, "2"))
        gemm(.plain(a), .plain(b), into: one, Workers(threads: 1))
        gemm(.plain(b), .plain(c), into: two, Workers(threads: 1))
        let operations = Gemm.operations(40, 60, 50) + Gemm.operations(50, 10, 60)
        gemm(
            Gemm(.plain(a), .plain(b), into: first, pass: operations), Gemm(.plain(b), .plain(c), into: second, pass: operations),
            Workers(threads: 2))
        for i in 0..<40 { for j in 0..<60 { #expect(one.row(i)[j] == first.row(i)[j]) } }
        for i in 0..<50 { for j in 0..<10 { #expect(two.row(i)[j] == second.row(i)[j]) } }
    }

    @Test("products over patches equal products with the patches stored, for the forward pass and the weight gradient")
    func patches() {
        let (images, side, channels, kernel) = (33, 13, 6, 5)
        let x = Scratch.matrix(images, side * side * channels, "x")
        let patches = Patches(
            x, height: side, width: side, channels: channels, output: (side, side), stride: 1, kernel: (kernel, kernel),
            origin: (-2, -2))
        let all = Scratch.matrix(patches.rows, patches.columns, "p")
        patches.fill(all, rows: 0..<patches.rows, columns: 0..<patches.columns)
        let (weights, dy) = (Scratch.matrix(patches.columns, 40, "w"), Scratch.matrix(patches.rows, 40, "dy"))
        let (c, expected) = (Scratch.matrix(patches.rows, 40, "c"), Scratch.matrix(patches.rows, 40, "c"))
        let product = PatchRowsGemm(patches, .plain(weights), into: c, then: .relu)
        let scratch = Scratch.floats(PatchGemm.scratch)
        for task in 0..<product.tasks { product.run(task, scratch) }
        gemm(.plain(all), .plain(weights), into: expected, Workers(threads: 1), then: .relu)
        for i in 0..<c.rows { for j in 0..<40 { #expect(abs(c.row(i)[j] - expected.row(i)[j]) < 1e-3) } }

        let (dw, sums) = (Scratch.matrix(40, patches.columns, "dw"), Scratch.matrix(40, patches.columns, "dw"))
        let partials = PatchColumnsGemm.scratch(40, patches.columns, positions: patches.rows)
        #expect(partials > 0, "the contraction is split")
        let gradient = PatchColumnsGemm(dy, patches, into: dw, partials: Scratch.floats(partials))
        for task in 0..<gradient.tasks { gradient.run(task, scratch) }
        gradient.reduce(Workers(threads: 2))
        gemm(.transposed(dy), .plain(all), into: sums, Workers(threads: 1))
        for i in 0..<40 { for j in 0..<patches.columns { #expect(abs(dw.row(i)[j] - sums.row(i)[j]) < 1e-2) } }
    }

    @Test("scratch memory for the largest batch is enough for every smaller one")
    func scratchOfSmallerBatches() {
        for (m, n) in [(5, 18), (32, 147), (64, 363), (192, 1600), (256, 2304), (512, 1152), (1024, 4608)] {
            for images in [16, 100, 1024] {
                let largest = PatchColumnsGemm.scratch(m, n, positions: images * 16)
                for smaller in 1...images {
                    let parts = PatchColumnsGemm.grid(m, n, smaller * 16).parts.count
                    #expect(parts == 1 || parts * m * n <= largest, "\(m), \(n), \(smaller) of \(images)")
                }
            }
        }
    }

    @Test("column sums are correct for short and long matrices")
    func columnSums() {
        for (rows, columns) in [(1, 1), (100, 70), (2048, 3), (2049, 65), (140_000, 2)] {
            let matrix = Scratch.matrix(rows, columns, "m", margin: 1), sums = Scratch.floats(columns)
            let scratch = Scratch.floats(Matrix.sumScratch(rows: rows, columns: columns))
            matrix.columnSums(into: sums, scratch: scratch, Workers(threads: 2))
            for k in 0..<columns {
                let exact = (0..<rows).reduce(0.0) { $0 + Double(matrix.row($1)[k]) }
                #expect(abs(Double(sums[k]) - exact) < 1e-2, "\(rows), \(columns): \(k)")
            }
        }
    }
}

@Suite("Tasks")
struct TaskSizeTests {
    @Test("number 64 in a medium pass, have about 50 million operations each in a larger one, and never exceed 256")
    func count() {
        #expect(TaskSize(1e6).tasks == 1)
        #expect(TaskSize(42e6).tasks == 10)
        #expect(TaskSize(300e6).tasks == 64)
        #expect(TaskSize(5e9).tasks == 128)
        #expect(TaskSize(1e12).tasks == 256)
    }
}
