import Foundation
import GRDB
import Synchronization
import Testing

@testable import Lab

@Suite("Worker pools that are told something") struct PoolControlTests {
    private let temporary: TemporaryLab
    private let watcher = Watcher()
    private var lab: Lab { temporary.lab }

    init() throws { temporary = try TemporaryLab() }

    @Test("a pool that is stopped gives its runs back to the queue and takes no more")
    func stop() throws {
        try temporary.submit(seeds: 1...4)
        let work = PoolAtWork(lab.pool(watcher, workers: 2, drain: false, training: endlessTraining))
        #expect(eventually { watcher.started.count == 2 })
        work.pool.stop()
        work.pool.stop()
        #expect(work.failed() == 0)
        #expect(watcher.started.count == 2)
        #expect(watcher.ends.allSatisfy { $0.outcome == .released("worker stopped") && $0.state == .queued })
        #expect(try lab.stateCounts() == [.queued: 4])
    }

    @Test("a pool that waits for work stops at once, and takes what comes meanwhile")
    func idle() throws {
        let work = PoolAtWork(lab.pool(watcher, workers: 2, drain: false, training: lab.quickTraining))
        let id = try temporary.submit()[0]
        #expect(try eventually { try temporary.state(id) == .completed })
        work.pool.stop()
        #expect(work.failed() == 0)
    }

    @Test("a pool that was stopped before it began trains nothing")
    func before() throws {
        try temporary.submit()
        let pool = lab.pool(watcher, training: endlessTraining)
        pool.stop()
        #expect(PoolAtWork(pool).failed() == 0)
        #expect(watcher.started.isEmpty)
    }

    @Test("a request reaches the training", arguments: RunRequest.allCases)
    func request(request: RunRequest) throws {
        let id = try temporary.submit()[0]
        let reason = Mutex<StopReason?>(nil)
        let work = PoolAtWork(
            lab.pool(watcher) { claim, control, worker in
                defer { reason.withLock { $0 = control.stopReason } }
                return try endlessTraining(claim, control, worker)
            })
        #expect(eventually { watcher.started.count == 1 })
        _ = try lab.command(request == .pause ? .pause : .cancel, runs: [id])
        #expect(eventually { reason.withLock { $0 } == .asked(request) })
        #expect(work.failed() == 0)
        #expect(watcher.ends.map(\.outcome) == [.stopped(request)])
        #expect(try temporary.state(id) == (request == .pause ? .paused : .cancelled))
    }

    @Test("a request that meets a stop of the pool is done, not forgotten")
    func requestAndStop() throws {
        let id = try temporary.submit()[0]
        let asked = Mutex(false)
        let work = PoolAtWork(
            lab.pool(watcher) { [lab] claim, control, worker in
                let outcome = try endlessTraining(claim, control, worker)
                _ = try lab.command(.cancel, runs: [claim.run])
                asked.withLock { $0 = true }
                return outcome
            })
        #expect(eventually { watcher.started.count == 1 })
        work.pool.stop()
        #expect(work.failed() == 0)
        #expect(asked.withLock { $0 })
        #expect(try temporary.state(id) == .cancelled)
    }

    @Test("a training whose run was taken by another stops and writes nothing", arguments: [true, false])
    func superseded(isTold: Bool) throws {
        let id = try temporary.submit()[0]
        let train = isTold ? endlessTraining : lab.quickTraining
        let before = Mutex<[String]>([])
        let work = PoolAtWork(
            lab.pool(watcher) { [temporary] claim, control, worker in
                if claim.attempt == 1 {
                    // Another process finds the lease expired, and trains the run to its end.
                    temporary.time.pass(Lab.lease + 1)
                    let other = try temporary.another()
                    try other.releaseAbandoned()
                    let next = try #require(try other.claim())
                    try other.complete(next)
                    before.withLock { $0 = (try? other.contents()) ?? [] }
                }
                return try train(claim, control, worker)
            })
        #expect(work.failed() == 0)
        #expect(watcher.ends.map(\.state) == [nil])
        #expect(try lab.contents() == before.withLock { $0 })
        #expect(try temporary.summary(id).attempts == 2)
    }

    @Test("a run that is trained for longer than the lease stays with its worker")
    func heartbeat() throws {
        let id = try temporary.submit()[0]
        let other = try temporary.another(), train = lab.quickTraining
        let pool = lab.pool(watcher) { [temporary] claim, control, worker in
            let heartbeat = {
                try temporary.lab.database.read { try Int64.fetchOne($0, sql: "SELECT heartbeat FROM attempts") }
            }
            for _ in 1...2 {
                temporary.time.pass(Lab.lease - 1000)
                #expect(try eventually { try heartbeat() == temporary.time.clock.uptime() })
                #expect(try other.releaseAbandoned() == 0)
            }
            return try train(claim, control, worker)
        }
        #expect(PoolAtWork(pool).failed() == 0)
        #expect(try temporary.summary(id).attempts == 1 && temporary.state(id) == .completed)
    }

    @Test("what stops a training first stands, unless the run was superseded")
    func control() {
        let control = RunControl()
        #expect(!control.shouldStop && control.stopReason == nil)
        control.stop(.asked(.pause))
        control.stop(.shutdown)
        #expect(control.shouldStop && control.stopReason == .asked(.pause))
        control.stop(.superseded)
        control.stop(.asked(.cancel))
        #expect(control.stopReason == .superseded)
    }
}
