/// A fixed number of threads that share the tasks of one pass.
///
/// What a task computes, and the order of every sum, depends on its number alone; which thread computes it, and when, does not
/// matter. So results are the same to the bit for any number of threads.
public struct Workers: Sendable {
    public let threads: Int
    private let pool: ThreadPool?
    private let timer: TaskTimer?

    public init(threads: Int) {
        precondition(threads >= 1, "at least one thread")
        self.threads = threads
        pool = threads > 1 ? ThreadPool(helpers: threads - 1) : nil
        timer = nil
    }

    /// One thread, with every task timed: for benchmarks.
    public init(timedBy timer: TaskTimer) { (threads, pool, self.timer) = (1, nil, timer) }

    /// Runs `body(task, threadIndex)` for every task in 0 ..< tasks and returns when all are done. The thread index, in
    /// 0 ..< threads, differs between tasks that run at the same time, so each may have scratch memory of its own.
    ///
    /// One pass at a time, from one thread.
    public func forEach(_ tasks: Int, _ body: @Sendable (_ task: Int, _ threadIndex: Int) -> Void) {
        if let timer { return timer.pass(tasks, body) }
        if let pool, tasks > 1 { return pool.run(tasks, body) }
        for task in 0..<tasks { body(task, 0) }
    }
}

/// 0 ..< total cut into ranges of `size`, the last one shorter.
public struct Tiling: Sendable {
    public let total: Int
    public let size: Int
    public let count: Int

    public init(_ total: Int, by size: Int) {
        precondition(size >= 1, "a range is not empty")
        self.total = total
        self.size = size
        count = (total + size - 1) / size
    }

    /// At most `parts` ranges of nearly equal size, a multiple of `multiple`.
    public init(_ total: Int, parts: Int, multipleOf multiple: Int = 1) {
        let size = max(1, (total + parts - 1) / parts)
        self.init(total, by: (size + multiple - 1) / multiple * multiple)
    }

    public subscript(index: Int) -> Range<Int> { index * size..<min(total, (index + 1) * size) }
}
