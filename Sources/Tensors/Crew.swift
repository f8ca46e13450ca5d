import CKernels
import Foundation
import Synchronization

/// The threads beside the caller's that run tiles. They end when the crew does.
///
/// Threads of its own, and not Dispatch's: between two passes of a training step a thread waits a few microseconds, and it must
/// spend them awake. A thread that sleeps takes 50 µs to come back, and some schedulers put it first on the core of the one
/// that woke it and leave it there for ten milliseconds, which made two threads as slow as one.
final class Crew: Sendable {
    private let job = Job()

    init(helpers: Int) {
        for slot in 1...helpers {
            Thread.detachNewThread { [job] in
                Thread.current.name = "tiles \(slot)"
                job.help(slot)
            }
        }
    }

    deinit { job.stop() }

    func run(_ tiles: Int, _ body: @Sendable (Int, Int) -> Void) {
        withoutActuallyEscaping(body) { job.run(tiles, $0) }
    }
}

/// The pass at work, and those who wait for the next one.
///
/// `@unchecked Sendable`: `body` is written while no tile is left to claim, before the store of `tickets` that offers the next
/// ones, and read only by who has claimed one of those. All else is atomic.
private final class Job: @unchecked Sendable {
    typealias Body = @Sendable (_ tile: Int, _ slot: Int) -> Void
    private var body: Body = { _, _ in }
    /// Tiles of the pass << 32 | tiles claimed.
    private let tickets = Atomic<UInt64>(0)
    private let finished = Atomic<Int>(0)
    private let isStopped = Atomic<Bool>(false)
    private let sleepers = Atomic<Int>(0)
    private let door = NSCondition()

    /// How long a helper stays awake without work.
    private static let patience: UInt64 = 20_000_000

    func run(_ tiles: Int, _ body: @escaping Body) {
        precondition(tiles < 1 << 32 && !hasWork, "one pass at a time")
        self.body = body
        finished.store(0, ordering: .relaxed)
        tickets.store(UInt64(tiles) << 32, ordering: .sequentiallyConsistent)
        wake()
        while let tile = claim() { work(tile, 0) }
        var wait = Wait()
        while finished.load(ordering: .acquiring) < tiles { wait.again() }
        self.body = { _, _ in }
    }

    func help(_ slot: Int) {
        while !isStopped.load(ordering: .acquiring) {
            var wait = Wait()
            while let tile = claim() {
                work(tile, slot)
                wait = Wait()
            }
            while !hasWork, !isStopped.load(ordering: .relaxed) {
                wait.again()
                if wait.nanoseconds > Self.patience { sleep() }
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

    /// The next tile of the pass, now the caller's.
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

    private func work(_ tile: Int, _ slot: Int) {
        perform(tile, slot)
        finished.wrappingAdd(1, ordering: .acquiringAndReleasing)
    }

    /// Apart, so that the copy of `body` that a call takes is gone before the tile counts as finished.
    @inline(never)
    private func perform(_ tile: Int, _ slot: Int) { body(tile, slot) }

    /// A sleeper is counted before it looks for work, and work is offered before sleepers are looked for: one sees the other.
    private func sleep() {
        door.lock()
        sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
        while !hasWork, !isStopped.load(ordering: .sequentiallyConsistent) { door.wait() }
        sleepers.wrappingSubtract(1, ordering: .sequentiallyConsistent)
        door.unlock()
    }

    private func wake() {
        guard sleepers.load(ordering: .sequentiallyConsistent) > 0 else { return }
        door.lock()
        door.broadcast()
        door.unlock()
    }
}

/// A wait that stays awake: a short while alone, then giving way to others at every turn.
private struct Wait {
    private var turns = 0
    private var start: UInt64 = 0
    private(set) var nanoseconds: UInt64 = 0

    mutating func again() {
        turns += 1
        if turns < 1000 { return pcn_pause() }
        sched_yield()
        let now = DispatchTime.now().uptimeNanoseconds
        if start == 0 { start = now }
        nanoseconds = now - start
    }
}
