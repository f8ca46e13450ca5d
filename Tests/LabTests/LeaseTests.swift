import Foundation
import Testing

@testable import Lab

@Suite("Leases") struct LeaseTests {
    private let temporary: TemporaryLab
    private var lab: Lab { temporary.lab }

    init() throws { temporary = try TemporaryLab() }

    private static let here = WorkerIdentity.current
    /// Cannot be looked up from here, so that its lease alone decides.
    private static let elsewhere = WorkerIdentity(process: 1, started: 1, boot: here.boot, space: "pid:[1]")

    @Test("a run whose worker is here and alive stays with it")
    func alive() throws {
        let claim = try temporary.claimed()
        #expect(try lab.releaseAbandoned() == 0)
        #expect(try temporary.state(claim.run) == .running)
    }

    @Test("a run is freed as soon as its worker is gone, with its epochs and checkpoints")
    func gone() throws {
        let claim = try temporary.claimed(by: try .exited())
        try lab.record(.sample(1), run: claim.run, attempt: claim.attempt)
        _ = try lab.record(CheckpointRecord.sample(1), run: claim.run, attempt: claim.attempt)
        #expect(try lab.releaseAbandoned() == 1)
        #expect(try lab.releaseAbandoned() == 0)
        #expect(try temporary.state(claim.run) == .queued && temporary.summary(claim.run).epoch == 1)
        #expect(try lab.checkpoints(of: claim.run).count == 1)
        let attempt = try lab.attempts(of: claim.run)[0]
        #expect(attempt.outcome == "worker gone" && attempt.endedAt == temporary.time.clock.now())
        #expect(try temporary.claim()?.attempt == 2)
    }

    @Test("a run of another boot is freed at once")
    func otherBoot() throws {
        let worker = WorkerIdentity(process: getpid(), started: Self.here.started, boot: "before", space: Self.here.space)
        let claim = try temporary.claimed(by: worker)
        #expect(try lab.releaseAbandoned() == 1)
        #expect(try temporary.state(claim.run) == .queued)
    }

    @Test("a worker in another space of processes keeps its run for as long as its lease")
    func otherSpace() throws {
        let claim = try temporary.claimed(by: Self.elsewhere)
        temporary.time.pass(Lab.lease)
        #expect(try lab.releaseAbandoned() == 0)
        temporary.time.pass(1)
        #expect(try lab.releaseAbandoned() == 1)
        #expect(try lab.attempts(of: claim.run)[0].outcome == "lease expired")
    }

    @Test("a worker that is alive but silent past the lease loses its run")
    func silent() throws {
        let claim = try temporary.claimed()
        temporary.time.pass(Lab.lease + 1)
        #expect(try lab.releaseAbandoned() == 1)
        #expect(throws: LabError.superseded(run: claim.run, attempt: 1)) { try lab.finish(claim, .completed(.sample)) }
    }

    @Test("a heartbeat renews the lease")
    func heartbeat() throws {
        let claim = try temporary.claimed(by: Self.elsewhere)
        for _ in 1...5 {
            temporary.time.pass(Lab.lease - 1)
            try lab.renewLeases([(claim.run, claim.attempt)])
            #expect(try lab.releaseAbandoned() == 0)
        }
        temporary.time.pass(Lab.lease + 1)
        #expect(try lab.releaseAbandoned() == 1)
    }

    @Test("a wall clock that is turned, back or forward, changes no lease", arguments: [-1, 1])
    func wallClock(direction: Int64) throws {
        _ = try temporary.claimed(by: Self.elsewhere)
        temporary.time.now.withLock { $0 += direction * 10 * 365 * 86_400_000 }
        #expect(try lab.releaseAbandoned() == 0)
        temporary.time.uptime.withLock { $0 += Lab.lease + 1 }
        #expect(try lab.releaseAbandoned() == 1)
    }

    @Test("what was asked of a run before its worker died is done", arguments: [RunCommand.pause, .cancel])
    func pending(command: RunCommand) throws {
        let claim = try temporary.claimed(by: try .exited())
        _ = try lab.command(command, runs: [claim.run])
        #expect(try lab.requests([(claim.run, claim.attempt)]) == [.asked(command == .pause ? .pause : .cancel)])
        #expect(try lab.releaseAbandoned() == 1)
        #expect(try temporary.state(claim.run) == (command == .pause ? .paused : .cancelled))
        #expect(try temporary.summary(claim.run).request == nil)
        #expect(try temporary.claim() == nil)
    }

    @Test(
        "a run whose workers all die without a checkpoint fails in the end; a checkpoint or a person's word begins the count anew"
    )
    func deadly() throws {
        let worker = try WorkerIdentity.exited()
        let id = try temporary.submit()[0]
        let die = { (checkpoint: Bool) in
            let claim = try temporary.taken(worker)
            if checkpoint {
                let record = CheckpointRecord(epoch: 1, batch: 0, file: "f", bytes: 1, sha256: "s", kept: false)
                _ = try lab.record(record, run: claim.run, attempt: claim.attempt)
                try lab.discard(record, run: claim.run, attempt: claim.attempt, reason: "damaged later")
            }
            try lab.releaseAbandoned()
        }
        for _ in 1..<Lab.deathsAllowed { try die(false) }
        try die(true)
        for _ in 1..<Lab.deathsAllowed { try die(false) }
        #expect(try temporary.state(id) == .queued)
        try die(false)
        #expect(try temporary.state(id) == .failed)
        #expect(try temporary.summary(id).error?.contains("its worker died 10 times") == true)
        _ = try lab.command(.retry, runs: [id])
        try die(false)
        #expect(try temporary.state(id) == .queued)
    }

    @Test("those who free abandoned runs at once free each of them once")
    func together() throws {
        let worker = try WorkerIdentity.exited()
        let ids = try temporary.submit(seeds: 1...20)
        for _ in ids { _ = try temporary.claim(worker) }
        let other = try temporary.another()
        DispatchQueue.concurrentPerform(iterations: 6) { index in
            #expect(throws: Never.self) { try (index % 2 == 0 ? lab : other).releaseAbandoned() }
        }
        for id in ids { #expect(try temporary.history(id) == ["submitted", "started", "ended"]) }
    }
}
