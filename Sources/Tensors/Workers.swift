/// A fixed number of threads that share the tiles of one pass.
///
/// What a tile computes, and the order of every sum, depends on its number alone; only who computes it, and when, depends on
/// the threads. So results are the same to the bit for any number of threads.
public struct Workers: Sendable {
    public let threads: Int
    private let crew: Crew?

    public init(threads: Int) {
        precondition(threads >= 1, "at least one thread")
        self.threads = threads
        crew = threads > 1 ? Crew(helpers: threads - 1) : nil
    }

    /// Runs `body(tile, slot)` for every tile in 0 ..< tiles and returns when all are done. `slot` in 0 ..< threads names the
    /// running thread: two tiles at work at the same time have different slots, so a slot may own scratch memory.
    ///
    /// One pass at a time, from one thread.
    public func forEach(_ tiles: Int, _ body: @Sendable (_ tile: Int, _ slot: Int) -> Void) {
        if let crew, tiles > 1 { return crew.run(tiles, body) }
        for tile in 0..<tiles { body(tile, 0) }
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
