import Foundation
import GRDB
import Specs
import Synchronization
import Testing

@testable import Lab

/// A lab in a temporary folder, which is removed with it; its clock stands still until it is turned.
final class TemporaryLab: Sendable {
    let folder: URL
    let time: TurnedClock
    let lab: Lab

    private let backoff: Backoff

    /// Without a backoff, a run that failed is due at once.
    init(busyTimeout: TimeInterval = 10, backoff: Backoff = Backoff(delays: [])) throws {
        folder = .temporary()
        time = TurnedClock()
        self.backoff = backoff
        lab = try Lab(folder, create: true, clock: time.clock, busyTimeout: busyTimeout, backoff: backoff)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// A second door into the same lab, with a connection pool of its own.
    func another() throws -> Lab { try Lab(folder, create: false, clock: time.clock, busyTimeout: 10, backoff: backoff) }

    /// Queues a run for each seed; returns their ids.
    @discardableResult
    func submit(seeds: ClosedRange<Int> = 1...1, epochs: Int = 3, priority: Int = 0) throws -> [String] {
        let runs = seeds.map { RunToSubmit(.tiny(seed: $0, epochs: epochs), datasetDigest: "digest") }
        return try lab.submit(experiment: "test", description: nil, runs: runs, priority: priority).map(\.id)
    }

    func claim(_ worker: WorkerIdentity = .current) throws -> Claim? { try lab.claim(worker: worker) }

    /// The same where there must be one.
    func taken(_ worker: WorkerIdentity = .current) throws -> Claim { try #require(try claim(worker)) }

    /// Queues a run and claims it.
    func claimed(epochs: Int = 3, by worker: WorkerIdentity = .current) throws -> Claim {
        try submit(epochs: epochs)
        return try taken(worker)
    }

    func summary(_ id: String) throws -> RunSummary { try #require(try lab.runs(RunFilter(ids: [id])).first) }

    func state(_ id: String) throws -> RunState { try summary(id).state }

    /// Kinds of the events in a run's history.
    func history(_ id: String) throws -> [String] { try lab.events(of: id).map(\.kind) }
}

/// Clocks that go only where a test turns them.
final class TurnedClock: Sendable {
    let now = Mutex<Int64>(1_700_000_000_000)
    let uptime = Mutex<Int64>(5_000_000)

    var clock: LabClock {
        LabClock(now: { [self] in now.withLock { $0 } }, uptime: { [self] in uptime.withLock { $0 } })
    }

    func pass(_ milliseconds: Int64) {
        now.withLock { $0 += milliseconds }
        uptime.withLock { $0 += milliseconds }
    }
}

extension URL {
    /// A path in the temporary folder where there is nothing yet.
    static func temporary() -> URL { FileManager.default.temporaryDirectory.appending(path: "lab-\(UUID().uuidString)") }
}

extension Settings {
    static func tiny(seed: Int = 1, epochs: Int = 3, schedule: Schedule = .constant, checkpointEvery: Int? = nil) -> Settings {
        Settings(
            d: 2, widths: [4], dataset: .shapes, trainSamples: 8, testSamples: 4, epochs: epochs, batchSize: 4, seed: seed,
            schedule: schedule, checkpointEvery: checkpointEvery)
    }
}

extension EpochRow {
    static func sample(_ epoch: Int, loss: Double = 1.5, seconds: Double = 0.25) -> EpochRow {
        EpochRow(epoch: epoch, loss: loss, trainAccuracy: 0.5, testAccuracy: 0.25, seconds: seconds)
    }
}

extension FinalFigures {
    static let sample = FinalFigures(trainAccuracy: 0.75, testAccuracy: 0.5, weightsSHA256: "abc")
}

extension CheckpointRecord {
    static func sample(_ epoch: Int, batch: Int = 0, file: String? = nil, kept: Bool = false) -> CheckpointRecord {
        CheckpointRecord(epoch: epoch, batch: batch, file: file ?? "e\(epoch)-b\(batch)", bytes: 10, sha256: "00", kept: kept)
    }
}

extension Lab {
    /// Runs maintenance as one that holds no runs.
    @discardableResult
    func releaseAbandoned() throws -> Int { try LabMaintenance(self).run() }

    func renewLeases(_ claims: [(run: String, attempt: Int)]) throws {
        try database.write { try renewLeases(claims, at: clock.uptime(), $0) }
    }

    func claim(worker: WorkerIdentity = .current) throws -> Claim? {
        try claim(worker: worker, arithmetic: "Haswell", threads: 1)
    }

    func record(epochs: ClosedRange<Int>, of claim: Claim) throws {
        for epoch in epochs { try record(.sample(epoch), run: claim.run, attempt: claim.attempt) }
    }

    @discardableResult
    func finish(_ claim: Claim, _ outcome: AttemptOutcome) throws -> RunState {
        try finish(outcome, run: claim.run, attempt: claim.attempt)
    }

    /// Trains all the epochs of a claim, as far as the lab can tell.
    @discardableResult
    func complete(_ claim: Claim) throws -> RunState {
        try record(epochs: 1...claim.settings.epochs, of: claim)
        return try finish(claim, .completed(.sample))
    }

    /// Everything in the tables that workers write, to see that nothing changed.
    func contents() throws -> [String] {
        try database.read { db in
            try ["runs", "attempts", "epochs", "checkpoints", "events", "experiments", "experiment_runs", "tags"].flatMap {
                table in
                try Row.fetchAll(db, sql: "SELECT * FROM \(table)").map { "\(table): \($0)" }
            }
        }
    }
}

/// Waits until something holds, two minutes at most, as a machine may be busy with other things; whether it came to hold.
func eventually(within seconds: Double = 120, _ holds: () throws -> Bool) rethrows -> Bool {
    let end = Date(timeIntervalSinceNow: seconds)
    while Date() < end {
        if try holds() { return true }
        Thread.sleep(forTimeInterval: 0.01)
    }
    return try holds()
}

extension TemporaryLab {
    /// A run of seed 1 and three epochs in the given state; its id.
    @discardableResult
    func bring(to state: RunState) throws -> String {
        let id = try submit()[0]
        switch state {
        case .queued: break
        case .paused: _ = try lab.command(.pause, runs: [id])
        case .cancelled: _ = try lab.command(.cancel, runs: [id])
        case .running: _ = try claim()
        case .completed: try lab.complete(taken())
        case .diverged: try lab.finish(taken(), .diverged("not finite"))
        case .waiting, .pruned:
            // As a search leaves it, without the search: see SearchTests.
            try lab.record(.sample(1), run: id, attempt: taken().attempt)
            try lab.finish(Claim(run: id, attempt: 1, settings: .tiny(), datasetDigest: "digest", until: 1), .released("stopped"))
            try lab.database.write { try $0.execute(sql: "UPDATE runs SET state = ?, until = 1", arguments: [state]) }
        case .failed: for _ in 1...Lab.attemptsAllowed { try lab.finish(taken(), .failed("broken")) }
        }
        return id
    }
}

extension WorkerIdentity {
    /// A process that was started and has exited.
    static func exited() throws -> WorkerIdentity { try child { _ in } }

    /// A child process, while `body` runs; gone afterwards. Killed rather than asked, for a child may inherit blocked signals.
    @discardableResult
    static func child(_ body: (WorkerIdentity) throws -> Void) throws -> WorkerIdentity {
        var process: pid_t = 0
        var arguments = [strdup("sleep"), strdup("60"), nil]
        defer { arguments.forEach { free($0) } }
        let error = posix_spawn(&process, "/bin/sleep", nil, nil, &arguments, nil)
        guard error == 0 else { throw CocoaError(.executableNotLoadable) }
        defer {
            kill(process, SIGKILL)
            waitpid(process, nil, 0)
        }
        let started = try #require(start(of: process))
        let id = WorkerIdentity(process: process, started: started, boot: current.boot, space: current.space)
        try body(id)
        return id
    }
}

extension Lab {
    /// Submits one experiment.
    func submit(
        experiment: String, description: String?, runs: [RunToSubmit], priority: Int? = nil, tags: [String] = []
    ) throws -> [(id: String, outcome: SubmissionOutcome)] {
        try submit([ExperimentToSubmit(experiment, description: description, runs: runs)], priority: priority, tags: tags)[0]
    }
}
