import Foundation
import Synchronization
import Testing

@testable import Lab

@Suite("Worker pools that drain a queue") struct WorkerPoolTests {
    private let temporary: TemporaryLab
    private let watcher = Watcher()
    private var lab: Lab { temporary.lab }

    init() throws { temporary = try TemporaryLab() }

    @Test("three workers train fifty runs, each once")
    func drains() throws {
        let ids = try temporary.submit(seeds: 1...50)
        let busy = Mutex<(now: Set<Int>, most: Int)>(([], 0))
        let train = lab.quickTraining
        let pool = lab.pool(watcher, workers: 3) { claim, control, worker in
            busy.withLock { busy in
                #expect(busy.now.insert(worker).inserted, "a worker with two runs")
                busy.most = max(busy.most, busy.now.count)
            }
            defer { busy.withLock { _ = $0.now.remove(worker) } }
            Thread.sleep(forTimeInterval: 0.002)
            return try train(claim, control, worker)
        }
        #expect(PoolAtWork(pool).failed() == 0)
        #expect(watcher.started.sorted() == ids.sorted() && watcher.troubles.isEmpty)
        #expect(watcher.ends.count == 50 && watcher.ends.allSatisfy { $0.state == .completed })
        #expect(try lab.runs().allSatisfy { $0.state == .completed && $0.attempts == 1 })
        #expect(busy.withLock { $0.most } == 3)
    }

    @Test("two pools on one folder train two hundred runs, each once and without trouble")
    func together() throws {
        try temporary.submit(seeds: 1...200, epochs: 1)
        let labs = [lab, try temporary.another()], watchers = [watcher, Watcher()]
        let pools = zip(labs, watchers).map { PoolAtWork($0.pool($1, workers: 2, training: $0.quickTraining)) }
        #expect(pools.map { $0.failed() } == [0, 0])
        #expect(watchers.flatMap(\.started).count == 200)
        #expect(watchers.flatMap(\.troubles) == [])
        #expect(try lab.runs().allSatisfy { $0.state == .completed && $0.attempts == 1 && $0.epoch == 1 })
    }

    @Test("an error fails the attempt, three of them the run; the pool counts runs, not attempts")
    func failures() throws {
        try temporary.submit(seeds: 1...3)
        let train = lab.quickTraining
        let pool = lab.pool(watcher, workers: 2) { claim, control, worker in
            switch claim.settings.seed {
            case 1: throw NeverStopped()
            case 2: return .diverged("not finite")
            default: return try train(claim, control, worker)
            }
        }
        #expect(PoolAtWork(pool).failed() == 2)
        #expect(try lab.runs().map(\.state) == [.failed, .diverged, .completed])
        #expect(try lab.runs().map(\.attempts) == [3, 1, 1])
        #expect(try lab.runs().map(\.error) == ["NeverStopped()", "not finite", nil])
        #expect(watcher.ends.count { $0.outcome == .failed("NeverStopped()") } == 3)
    }

    @Test("an error that passes costs an attempt and nothing else")
    func recovers() throws {
        let id = try temporary.submit()[0]
        let train = lab.quickTraining
        let pool = lab.pool(watcher) { claim, control, worker in
            if claim.attempt < 3 { throw NeverStopped() }
            return try train(claim, control, worker)
        }
        #expect(PoolAtWork(pool).failed() == 0)
        #expect(try temporary.state(id) == .completed && temporary.summary(id).error == nil)
    }

    @Test("a queue is not drained while another worker may give a run back")
    func waits() throws {
        let claim = try temporary.claimed()
        let work = PoolAtWork(lab.pool(watcher, training: lab.quickTraining))
        #expect(work.failed(within: 0.5) == nil)
        try temporary.another().finish(claim, .released("worker stopped"))
        #expect(work.failed() == 0)
        #expect(try temporary.summary(claim.run).attempts == 2 && temporary.state(claim.run) == .completed)
    }

    @Test("a pool takes over the runs of a worker that is gone")
    func takesOver() throws {
        let claim = try temporary.claimed(by: try .exited())
        #expect(PoolAtWork(lab.pool(watcher, training: lab.quickTraining)).failed() == 0)
        #expect(try temporary.state(claim.run) == .completed)
    }

    @Test("a drained queue leaves paused and ended runs alone")
    func leaves() throws {
        try temporary.bring(to: .paused)
        #expect(PoolAtWork(lab.pool(watcher, training: lab.quickTraining)).failed() == 0)
        #expect(watcher.started.isEmpty)
    }

    @Test("a run whose settings cannot be read counts as failed")
    func unreadable() throws {
        try temporary.submit()
        try lab.database.write { try $0.execute(sql: "UPDATE runs SET settings = '{}'") }
        #expect(PoolAtWork(lab.pool(watcher, training: lab.quickTraining)).failed() == 1)
        #expect(watcher.troubles.count == 1)
    }
}
