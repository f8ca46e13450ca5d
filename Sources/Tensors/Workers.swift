import Dispatch
import Synchronization

/// A fixed number of threads that share the tiles of one pass.
///
/// What a tile computes, and the order of every sum, depends on its number alone; only who computes it, and when, depends on
/// the threads. So results are the same to the bit for any number of threads.
public struct Workers: Sendable {
    public let threads: Int

    public init(threads: Int) {
        precondition(threads >= 1, "at least one thread")
        _ = BLAS.singleThreaded
        self.threads = threads
    }

    /// Runs `body(tile, slot)` for every tile in 0 ..< tiles and returns when all are done. `slot` in 0 ..< threads names the
    /// running thread: two tiles at work at the same time have different slots, so a slot may own scratch memory.
    public func forEach(_ tiles: Int, _ body: @Sendable (_ tile: Int, _ slot: Int) -> Void) {
        let slots = min(threads, tiles)
        if slots <= 1 {
            for tile in 0..<tiles { body(tile, 0) }
            return
        }
        let next = Atomic<Int>(0)
        DispatchQueue.concurrentPerform(iterations: slots) { slot in
            while true {
                let tile = next.wrappingAdd(1, ordering: .relaxed).oldValue
                if tile >= tiles { return }
                body(tile, slot)
            }
        }
    }
}

/// 0 ..< count cut into ranges of `size`, the last one shorter.
public struct Tiling: Sendable {
    public let total: Int
    public let size: Int
    public let count: Int

    public init(_ total: Int, by size: Int) {
        precondition(size >= 1, "a tile holds something")
        self.total = total
        self.size = size
        count = (total + size - 1) / size
    }

    public subscript(index: Int) -> Range<Int> { index * size..<min(total, (index + 1) * size) }
}
