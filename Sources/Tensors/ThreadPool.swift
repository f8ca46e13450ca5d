import CKernels
import Foundation
import Synchronization

/// The threads that run tasks beside the caller's thread. They end when the pool is released.
///
/// They are not Dispatch's: between two passes of a training step a thread waits a few microseconds, and it must not sleep
/// meanwhile. A thread that sleeps takes 50 µs to wake up, and some schedulers first put it on the core of the thread that woke it
/// and leave it there for ten milliseconds, which made two threads as slow as one.
final class ThreadPool: Sendable {
    private let queue = WorkQueue()

    init(helpers: Int) {
        for threadIndex in 1...helpers {
            // A thread that runs before its creator has stored its handle cannot be named.
            let isStored = DispatchSemaphore(value: 0)
            Thread.detachNewThread { [queue] in
                isStored.wait()
                Thread.current.name = "tasks \(threadIndex)"
                queue.workerLoop(threadIndex)
            }
            isStored.signal()
        }
    }

    deinit { queue.stop() }

    func run(_ tasks: Int, _ body: @Sendable (Int, Int) -> Void) {
        withoutActuallyEscaping(body) { queue.run(tasks, $0) }
    }
}

/// The tasks of the pass that runs, and the threads that wait for the next pass.
///
/// `@unchecked Sendable`: `body` is written while no task is left to claim, before the store of `tickets` that publishes the next
/// tasks, and read only by a thread that has claimed one of those. Everything else is atomic.
private final class WorkQueue: @unchecked Sendable {
    typealias Body = @Sendable (_ task: Int, _ threadIndex: Int) -> Void
    private var body: Body = { _, _ in }
    /// Tasks of the pass << 32 | tasks claimed.
    private let tickets = Atomic<UInt64>(0)
    private let finished = Atomic<Int>(0)
    private let isStopped = Atomic<Bool>(false)
    private let sleepers = Atomic<Int>(0)
    private let condition = NSCondition()

    /// How long a thread waits awake without work, in nanoseconds.
    private static let patience: UInt64 = 20_000_000

    func run(_ tasks: Int, _ body: @escaping Body) {
        precondition(tasks < 1 << 32 && !hasWork, "one pass at a time")
        self.body = body
        finished.store(0, ordering: .relaxed)
        tickets.store(UInt64(tasks) << 32, ordering: .sequentiallyConsistent)
        wake()
        while let task = claim() { work(task, 0) }
        var backoff = Backoff()
        while finished.load(ordering: .acquiring) < tasks { backoff.pause() }
        self.body = { _, _ in }
    }

    func workerLoop(_ threadIndex: Int) {
        while !isStopped.load(ordering: .acquiring) {
            var backoff = Backoff()
            while let task = claim() {
                work(task, threadIndex)
                backoff = Backoff()
            }
            while !hasWork, !isStopped.load(ordering: .relaxed) {
                backoff.pause()
                if backoff.nanoseconds > Self.patience { sleep() }
            }
        }
    }

    func stop() {
        isStopped.store(true, ordering: .sequentiallyConsistent)
        wake()
    }

    private var hasWork: Bool {
        let ticket = tickets.load(ordering: .sequentiallyConsistent)
        return ticket & 0xFFFF_FFFF < ticket >> 32
    }

    /// Claims the next task of the pass.
    private func claim() -> Int? {
        var ticket = tickets.load(ordering: .acquiring)
        while ticket & 0xFFFF_FFFF < ticket >> 32 {
            let (isMine, current) = tickets.weakCompareExchange(
                expected: ticket, desired: ticket + 1, ordering: .acquiringAndReleasing)
            if isMine { return Int(ticket & 0xFFFF_FFFF) }
            ticket = current
        }
        return nil
    }

    private func work(_ task: Int, _ threadIndex: Int) {
        perform(task, threadIndex)
        finished.wrappingAdd(1, ordering: .acquiringAndReleasing)
    }

    /// A function of its own, so that the copy of `body` that a call retains is released before the task counts as finished.
    @inline(never)
    private func perform(_ task: Int, _ threadIndex: Int) { body(task, threadIndex) }

    /// A sleeper is counted before it checks for work, and tasks are published before sleepers are counted: one sees the other.
    private func sleep() {
        condition.lock()
        sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
        while !hasWork, !isStopped.load(ordering: .sequentiallyConsistent) { condition.wait() }
        sleepers.wrappingSubtract(1, ordering: .sequentiallyConsistent)
        condition.unlock()
    }

    private func wake() {
        guard sleepers.load(ordering: .sequentiallyConsistent) > 0 else { return }
        condition.lock()
        condition.broadcast()
        condition.unlock()
    }
}

/// A wait without sleep: processor pauses at first, then a yield to other threads each time.
private struct Backoff {
    private var turns = 0
    private var start: UInt64 = 0
    private(set) var nanoseconds: UInt64 = 0

    mutating func pause() {
        turns += 1
        if turns < 1000 { return pcn_pause() }
        sched_yield()
        let now = DispatchTime.now().uptimeNanoseconds
        if start == 0 { start = now }
        nanoseconds = now - start
    }
}
