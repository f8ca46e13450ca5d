import Synchronization
import Tensors
import Testing

@Suite("Workers")
struct WorkersTests {
    @Test("run every tile once, and no slot twice at a time", arguments: [1, 2, 5])
    func everyTileOnce(_ threads: Int) {
        let runs = Mutex([Int](repeating: 0, count: 100)), busy = Mutex(Set<Int>())
        Workers(threads: threads).forEach(100) { tile, slot in
            #expect(slot < threads)
            #expect(busy.withLock { $0.insert(slot).inserted })
            runs.withLock { $0[tile] += 1 }
            _ = busy.withLock { $0.remove(slot) }
        }
        #expect(runs.withLock { $0 } == [Int](repeating: 1, count: 100))
    }

    @Test("tilings cover everything, the last tile being the rest")
    func tiling() {
        let tiling = Tiling(10, by: 4)
        #expect((0..<tiling.count).map { tiling[$0] } == [0..<4, 4..<8, 8..<10])
        #expect(Tiling(0, by: 4).count == 0)
    }
}

@Suite("Products")
struct MultiplyTests {
    @Test("of plain and transposed matrices, set and added, are the sums of their definition")
    func definition() {
        let (a, b, c) = (Tensor(3, 4), Tensor(4, 5), Tensor(3, 5))
        for tensor in [a, b] { tensor.fill(RandomStream(seed: 9, purpose: "\(tensor.shape)"), bound: 1) }
        let expected = (0..<3).map { i in
            (0..<5).map { k in (0..<4).reduce(Float(0)) { $0 + a.matrix.row(i)[$1] * b.matrix.row($1)[k] } }
        }
        multiply(a.matrix, b.matrix, into: c.matrix)
        multiply(a.matrix, b.matrix, into: c.matrix, adding: true)
        for i in 0..<3 { for k in 0..<5 { #expect(abs(c.matrix.row(i)[k] - 2 * expected[i][k]) < 1e-5) } }
        let (aT, bT) = (Tensor(4, 3), Tensor(5, 4))
        for i in 0..<3 { for j in 0..<4 { aT.matrix.row(j)[i] = a.matrix.row(i)[j] } }
        for j in 0..<4 { for k in 0..<5 { bT.matrix.row(k)[j] = b.matrix.row(j)[k] } }
        multiply(aT.matrix.transposed, bT.matrix.transposed, into: c.matrix)
        for i in 0..<3 { for k in 0..<5 { #expect(abs(c.matrix.row(i)[k] - expected[i][k]) < 1e-5) } }
    }
}
