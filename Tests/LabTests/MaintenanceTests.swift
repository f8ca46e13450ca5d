import Foundation
import Synchronization
import Testing

@testable import Lab

@Suite("Maintenance of a lab") struct MaintenanceTests {
    private let temporary: TemporaryLab
    private var lab: Lab { temporary.lab }

    init() throws { temporary = try TemporaryLab() }

    @Test("renews the caller's leases before it releases what is silent, however long it waited for the database")
    func renewsFirst() throws {
        try temporary.submit(seeds: 1...2)
        let (own, other) = (try temporary.taken(), try temporary.taken())
        // As if another process had held the write lock since the last renewal.
        temporary.time.pass(Lab.lease + 1)
        #expect(try LabMaintenance(lab).run(holding: [(own.run, own.attempt)]) == 1)
        #expect(try temporary.state(own.run) == .running && temporary.state(other.run) == .queued)
    }

    @Test("by a pool never releases a run of that pool, even if a lease passes between any two looks at the clock")
    func neverOwn() throws {
        let ids = try temporary.submit(seeds: 1...4)
        let uptime = Mutex<Int64>(0)
        let clock = LabClock(
            now: { 0 },
            uptime: {
                uptime.withLock { time in
                    time += Lab.lease + 1
                    return time
                }
            })
        let jumping = try Lab(temporary.folder, clock: clock), watcher = Watcher(), train = jumping.quickTraining
        let pool = jumping.pool(watcher, workers: 2) { claim, control, worker in
            // Long enough for a heartbeat that writes.
            Thread.sleep(forTimeInterval: 2.5)
            return try train(claim, control, worker)
        }
        #expect(PoolAtWork(pool).failed() == 0)
        for id in ids { #expect(try temporary.history(id) == ["submitted", "started", "ended"]) }
    }

    @Test("is not done by those who only read: they are told which runs have no worker, and why")
    func readers() throws {
        let claim = try temporary.claimed(by: try .exited())
        let before = try lab.contents()
        #expect(try lab.abandonedRuns() == [claim.run: "worker gone"])
        _ = try (lab.runs(), lab.stateCounts(), lab.damage(), lab.events(of: claim.run), temporary.another().runs())
        #expect(try lab.contents() == before)
        try LabMaintenance(lab).run()
        #expect(try temporary.state(claim.run) == .queued && lab.abandonedRuns().isEmpty)
    }
}
