import Foundation
import Specs
import Synchronization
import Testing

@testable import Lab

/// Room for so many; a run takes its seed.
private final class Room: RunAdmission {
    private let size: Int
    private let state = Mutex<(taken: [Int: Int], most: Int)>(([:], 0))

    init(_ size: Int) { self.size = size }

    var most: Int { state.withLock { $0.most } }
    var taken: Int { state.withLock { $0.taken.count } }

    func reserve(_ run: String, _ settings: Settings, worker: Int) -> AdmissionAnswer {
        state.withLock { state in
            let total = state.taken.values.reduce(settings.seed, +)
            guard total <= size else { return .waits("no room for \(settings.seed)") }
            state.taken[worker] = settings.seed
            state.most = max(state.most, total)
            return .admitted
        }
    }

    func release(worker: Int) { state.withLock { _ = $0.taken.removeValue(forKey: worker) } }
}

@Suite("A pool whose runs do not all fit beside each other") struct AdmissionTests {
    private let temporary: TemporaryLab
    private let watcher = Watcher()
    private var lab: Lab { temporary.lab }

    init() throws { temporary = try TemporaryLab() }

    @Test("trains all of them, only as many at a time as fit, and reserves nothing afterwards")
    func waits() throws {
        let ids = try temporary.submit(seeds: 1...6)
        let room = Room(7), train = lab.quickTraining
        let pool = lab.pool(watcher, workers: 4, admission: room) { claim, control, worker in
            Thread.sleep(forTimeInterval: 0.05)
            return try train(claim, control, worker)
        }
        #expect(PoolAtWork(pool).failed() == 0)
        #expect(watcher.ends.allSatisfy { $0.state == .completed } && watcher.ends.count == ids.count)
        #expect(room.most <= 7 && room.most >= 6 && room.taken == 0)
        #expect(watcher.troubles.allSatisfy { $0.hasPrefix("no room for") })
        #expect(watcher.started == ids, "none overtakes one that waits")
    }

    @Test("leaves a run that waits in the queue, for another pool to take")
    func left() throws {
        let ids = try temporary.submit(seeds: 1...2)
        let work = PoolAtWork(lab.pool(watcher, workers: 2, admission: Room(2), training: endlessTraining))
        #expect(eventually { watcher.started.count == 1 && !watcher.troubles.isEmpty })
        #expect(try temporary.state(ids[1]) == .queued && temporary.history(ids[1]) == ["submitted"])
        #expect(try temporary.another().claim()?.run == ids[1])
        work.pool.stop()
        #expect(work.failed() == 0)
    }
}
