import Foundation
import Testing

@testable import Lab

@Suite("A run that failed") struct BackoffTests {
    @Test("is tried again after seconds, then after minutes, and meanwhile others are trained")
    func waits() throws {
        let temporary = try TemporaryLab(backoff: .standard)
        let ids = try temporary.submit(seeds: 1...2)
        for (failures, delay) in [(1, Int64(5_000)), (2, 120_000)] {
            let claim = try temporary.taken()
            #expect(claim.run == ids[0] && claim.attempt == failures)
            #expect(try temporary.lab.finish(claim, .failed("broken")) == .queued)
            let other = try temporary.taken()
            #expect(other.run == ids[1], "the failed run is overtaken")
            try temporary.lab.finish(other, .released("worker stopped"))
            _ = try temporary.lab.command(.pause, runs: [ids[1]])
            temporary.time.pass(delay - 1)
            #expect(try temporary.claim() == nil)
            temporary.time.pass(1)
            _ = try temporary.lab.command(.resume, runs: [ids[1]])
        }
        #expect(try temporary.lab.finish(temporary.taken(), .failed("broken")) == .failed)
        let history = try temporary.lab.events(of: ids[0]).filter { $0.kind == "next attempt" }.map(\.detail)
        #expect(history == ["in 5 s", "in 120 s"])
    }

    @Test(
        "is due at once when it is retried, when its worker was told to stop, and when the clock was set back", arguments: 0...2)
    func due(way: Int) throws {
        let temporary = try TemporaryLab(backoff: .standard)
        let id = try temporary.submit()[0]
        try temporary.lab.finish(temporary.taken(), .failed("broken"))
        #expect(try temporary.claim() == nil)
        switch way {
        case 0: _ = try temporary.lab.command(.retry, runs: [id])
        case 1:
            temporary.time.pass(5_000)
            try temporary.lab.finish(temporary.taken(), .released("worker stopped"))
        default: temporary.time.now.withLock { $0 -= 3_600_000 }
        }
        #expect(try temporary.claim()?.run == id)
    }

    @Test("keeps a draining worker until its last attempt")
    func drain() throws {
        let temporary = try TemporaryLab(backoff: .standard), watcher = Watcher()
        let id = try temporary.submit()[0]
        let work = PoolAtWork(temporary.lab.pool(watcher) { _, _, _ in throw NeverStopped() })
        for (failures, delay) in [(1, Int64(5_000)), (2, 120_000)] {
            #expect(eventually { watcher.ends.count == failures })
            #expect(work.failed(within: 0.3) == nil)
            temporary.time.pass(delay)
        }
        #expect(work.failed() == 1)
        #expect(try temporary.state(id) == .failed && watcher.ends.count == 3)
    }
}
