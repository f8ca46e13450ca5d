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
