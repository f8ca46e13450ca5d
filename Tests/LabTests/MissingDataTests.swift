import Foundation
import Synchronization
import Testing

@testable import Lab

@Suite("A worker without the data of some runs") final class MissingDataTests: Sendable {
    private let temporary: TemporaryLab
    private let watcher = Watcher()
    private var lab: Lab { temporary.lab }
    /// Why the data of a digest is not there.
    private let reasons = Mutex<[String: String]>(["gone": "/data: gone is missing"])

    init() throws { temporary = try TemporaryLab() }

    /// Queues a run for each digest, in this order.
    private func submit(_ digests: [String]) throws -> [String] {
        let runs = digests.enumerated().map { RunToSubmit(.tiny(seed: $0.offset + 1), datasetDigest: $0.element) }
        return try lab.submit(experiment: "test", description: nil, runs: runs).map(\.id)
    }

    private func makePool(workers: Int = 1, drain: Bool = true, training: Training? = nil) -> WorkerPool {
        lab.pool(
            watcher, workers: workers, drain: drain, reasonToWait: { [self] data in reasons.withLock { $0[data.digest] } },
            training: training ?? lab.quickTraining)
    }

    @Test("trains the others, leaves those queued without an attempt, and says once what is missing", arguments: [1, 3])
    func others(workers: Int) throws {
        let ids = try submit(["gone", "gone", "here", "gone", "here"])
        let pool = makePool(workers: workers)
        #expect(PoolAtWork(pool).failed() == 0)
        #expect(try lab.runs().map(\.state) == [.queued, .queued, .completed, .queued, .completed])
        for id in [ids[0], ids[1], ids[3]] {
            let run = try temporary.summary(id)
            #expect(run.error == "waits for its data: /data: gone is missing" && run.waitsForData && run.attempts == 0)
            #expect(try temporary.history(id) == ["submitted", "waits"])
        }
        #expect(watcher.troubles == ["runs of shapes wait: /data: gone is missing"])
        #expect(try pool.runsWithoutData() == 3)
    }

    @Test("trains them when the data comes, and their reasons are gone")
    func comes() throws {
        let ids = try submit(["gone", "gone"])
        let work = PoolAtWork(makePool(drain: false, training: endlessTraining))
        #expect(try eventually { try temporary.summary(ids[0]).waitsForData && temporary.summary(ids[1]).waitsForData })
        reasons.withLock { $0 = [:] }
        // It is looked for again after two seconds of the lab's clock.
        #expect(!eventually(within: 0.7) { !watcher.started.isEmpty })
        temporary.time.pass(2_000)
        // A worker that waits looks twice a second.
        #expect(eventually { watcher.started == [ids[0]] })
        #expect(try temporary.summary(ids[1]).error == nil && temporary.summary(ids[1]).state == .queued)
        #expect(watcher.notices == ["shapes is there: the runs that wait for it are trained now"])
        work.pool.stop()
        #expect(work.failed() == 0)
    }

    @Test("whose data vanishes between the claim and the reading gives the run back without a failure")
    func vanishes() throws {
        let id = try submit(["late"])[0]
        let pool = makePool { [self] _, _, _ in
            reasons.withLock { $0["late"] = "/data: late is missing" }
            throw DataUnavailable("/data: late is missing")
        }
        #expect(PoolAtWork(pool).failed() == 0)
        let run = try temporary.summary(id)
        #expect(run.state == .queued && run.attempts == 1 && run.waitsForData)
        #expect(watcher.ends.map(\.outcome) == [.waits("/data: late is missing")])
        #expect(try pool.runsWithoutData() == 1)
        // It was no failure: three attempts are still allowed.
        for state in [RunState.queued, .queued, .failed] {
            #expect(try lab.finish(temporary.taken(), .failed("broken")) == state)
        }
    }

    @Test("looks once more before it ends, for data that came while it trained")
    func lastLook() throws {
        let ids = try submit(["gone", "here"]), train = lab.quickTraining
        let pool = makePool { [self] claim, control, worker in
            reasons.withLock { $0 = [:] }
            return try train(claim, control, worker)
        }
        #expect(PoolAtWork(pool).failed() == 0)
        #expect(watcher.started == [ids[1], ids[0]])
        #expect(try lab.runs().map(\.state) == [.completed, .completed])
    }

    @Test("leaves the runs to another worker that has the data")
    func another() throws {
        let ids = try submit(["gone"])
        #expect(PoolAtWork(makePool()).failed() == 0)
        #expect(PoolAtWork(lab.pool(watcher, training: lab.quickTraining)).failed() == 0)
        let run = try temporary.summary(ids[0])
        #expect(run.state == .completed && run.error == nil)
    }

    @Test("does what it is asked with runs that wait: pause, cancel, and their return")
    func commands() throws {
        let ids = try submit(["gone", "gone"])
        #expect(PoolAtWork(makePool()).failed() == 0)
        _ = try lab.command(.pause, runs: [ids[0]])
        _ = try lab.command(.cancel, runs: [ids[1]])
        #expect(try lab.runs().map(\.error) == [nil, nil])
        let pool = makePool()
        #expect(PoolAtWork(pool).failed() == 0)
        #expect(try pool.runsWithoutData() == 0)
    }

    @Test("looks for missing data again after two seconds, and less often later, but at least twice a minute")
    func rhythm() {
        let missing = MissingData(), data = RunData(dataset: "mnist", digest: "d")
        var now: Int64 = 0
        for delay in [2_000, 4_000, 8_000, 16_000, 30_000, 30_000] as [Int64] {
            #expect(missing.missed(data, "gone", at: now) == (now == 0))
            #expect(missing.absent(at: now + delay - 1) == [data] && missing.absent(at: now + delay) == [])
            now += delay
        }
        #expect(missing.all == [data])
        #expect(missing.found(data) == .cameBack && missing.found(data) == nil && missing.all == [])
        #expect(missing.found(RunData(dataset: "mnist", digest: "e")) == .firstLook)
        #expect(missing.missed(data, "gone", at: now), "said again, because it was there meanwhile")
    }
}
