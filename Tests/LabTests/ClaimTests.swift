import Foundation
import Synchronization
import Testing

@testable import Lab

@Suite("Claiming") struct ClaimTests {
    @Test("of many who claim at once, through several connections, each run goes to one")
    func oneClaimant() throws {
        let temporary = try TemporaryLab()
        let ids = try temporary.submit(seeds: 1...60)
        let labs = [temporary.lab, try temporary.another(), try temporary.another()]
        let claimed = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 9) { index in
            #expect(throws: Never.self) {
                while let claim = try labs[index % labs.count].claim() { claimed.withLock { $0.append(claim.run) } }
            }
        }
        #expect(claimed.withLock { $0.sorted() } == ids.sorted())
        #expect(try temporary.lab.runs().allSatisfy { $0.state == .running && $0.attempts == 1 })
    }

    @Test("a claim names the run, its settings and its data, and is an attempt in the run's history")
    func claim() throws {
        let temporary = try TemporaryLab()
        let id = try temporary.submit()[0]
        let claim = try #require(try temporary.lab.claim(worker: .current, arithmetic: "Zen", threads: 7))
        #expect(claim.run == id && claim.attempt == 1)
        #expect(claim.settings == .tiny() && claim.datasetDigest == "digest")
        let attempt = try temporary.lab.attempts(of: id)[0]
        #expect(attempt.worker == WorkerIdentity.current.text && attempt.arithmetic == "Zen" && attempt.threads == 7)
        #expect(attempt.startedAt == temporary.time.clock.now() && attempt.endedAt == nil && attempt.outcome == nil)
        #expect(try temporary.history(id) == ["submitted", "started"])
    }

    @Test("nothing is claimed but what is queued", arguments: RunState.allCases)
    func onlyQueued(state: RunState) throws {
        let temporary = try TemporaryLab()
        try temporary.bring(to: state)
        #expect(try (temporary.claim() != nil) == (state == .queued))
    }

    @Test("a run whose settings cannot be read fails, and the next one is claimed")
    func unreadable() throws {
        let temporary = try TemporaryLab()
        let ids = try temporary.submit(seeds: 1...2)
        try temporary.lab.database.write {
            try $0.execute(sql: "UPDATE runs SET settings = '{\"architecture\":\"later\"}' WHERE id = ?", arguments: [ids[0]])
        }
        let error = #expect(throws: LabError.self) { try temporary.claim() }
        guard case .damaged(_, let reason)? = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(reason.contains(ids[0]))
        #expect(try temporary.claim()?.run == ids[1])
        #expect(try temporary.lab.stateCounts() == [.failed: 1, .running: 1])
        #expect(try temporary.lab.attempts(of: ids[0])[0].outcome?.hasPrefix("failed: ") == true)
    }

    @Test("an attempt that a later one superseded can write nothing")
    func fencing() throws {
        let temporary = try TemporaryLab()
        let lab = temporary.lab
        let old = try temporary.claimed()
        try lab.record(.sample(1), run: old.run, attempt: old.attempt)
        try lab.finish(old, .released("worker stopped"))
        let writes: [@Sendable () throws -> Void] = [
            { try lab.record(.sample(2), run: old.run, attempt: old.attempt) },
            { _ = try lab.record(CheckpointRecord.sample(2), run: old.run, attempt: old.attempt) },
            { try lab.discard(.sample(1), run: old.run, attempt: old.attempt, reason: "broken") },
            { try lab.finish(old, .completed(.sample)) }, { try lab.finish(old, .diverged("inf")) },
            { try lab.finish(old, .failed("broken")) }, { try lab.finish(old, .released("worker stopped")) },
            { try lab.finish(old, .stopped(.pause)) }, { try lab.finish(old, .stopped(.cancel)) },
        ]
        for isTakenAgain in [false, true] {
            if isTakenAgain { #expect(try temporary.claim()?.attempt == 2) }
            let before = try lab.contents()
            for write in writes {
                #expect(throws: LabError.superseded(run: old.run, attempt: 1)) { try write() }
            }
            temporary.time.pass(1000)
            try lab.renewLeases([(old.run, old.attempt)])
            #expect(try lab.contents() == before)
            #expect(try lab.requests([(old.run, old.attempt)]) == [.superseded])
        }
    }

    @Test("a worker waits for a busy database rather than give up its run")
    func busy() throws {
        let temporary = try TemporaryLab(busyTimeout: 0.05)
        let claim = try temporary.claimed()
        let other = try temporary.another()
        let held = DispatchSemaphore(value: 0), ended = DispatchSemaphore(value: 0)
        DispatchQueue.global().async {
            try? other.database.write { _ in
                held.signal()
                Thread.sleep(forTimeInterval: 0.5)
            }
            ended.signal()
        }
        held.wait()
        try temporary.lab.record(.sample(1), run: claim.run, attempt: claim.attempt)
        ended.wait()
        #expect(try temporary.summary(claim.run).epoch == 1)
    }
}
