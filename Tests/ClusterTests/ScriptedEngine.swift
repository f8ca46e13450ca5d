import Foundation
import Specs
import Synchronization
import Testing

@testable import Cluster
@testable import Lab

/// An engine that does what a test says.
final class ScriptedEngine: Engine {
    struct State {
        var records: [JobRecord] = []
        var submitted: [JobArray] = []
        var stopped: [JobID] = []
        var lists = 0
        /// Thrown by every call.
        var failure: EngineError?
        /// Thrown by the next call of `submit`, which takes the jobs all the same if `takesThem`.
        var failureOfSubmit: EngineError?
        var takesThem = true
        var features: [String: [String]] = ["n1": ["new"], "n2": ["new"], "n3": ["old"]]
        var arraySize = 1000
    }

    let name = "scripted"
    let state = Mutex(State())

    func submit(_ jobs: JobArray) throws(EngineError) -> String {
        let result: Result<String, EngineError> = state.withLock { state in
            if let failure = state.failure { return .failure(failure) }
            let failure = state.failureOfSubmit
            state.failureOfSubmit = nil
            if failure != nil, !state.takesThem { return .failure(failure!) }
            state.submitted.append(jobs)
            let job = "\(state.submitted.count)"
            for task in 0..<jobs.tasks {
                state.records.append(
                    JobRecord(id: JobID(job: job, task: task), token: jobs.token, state: .waiting(reason: "Resources"), node: nil)
                )
            }
            return failure.map { .failure($0) } ?? .success(job)
        }
        return try result.get()
    }

    func list() throws(EngineError) -> [JobRecord]? {
        let result: Result<[JobRecord], EngineError> = state.withLock { state in
            state.lists += 1
            return state.failure.map { .failure($0) } ?? .success(state.records)
        }
        return try result.get()
    }

    func stop(_ jobs: [JobID]) throws(EngineError) { state.withLock { $0.stopped += jobs } }

    func capabilities() throws(EngineError) -> EngineCapabilities {
        state.withLock { EngineCapabilities(arraySize: $0.arraySize, features: $0.features) }
    }

    /// What the list says of a job from now on; nil: nothing.
    func set(_ job: String, task: Int = 0, _ new: JobRecord.State?, node: String? = nil) {
        state.withLock { state in
            guard let index = state.records.firstIndex(where: { $0.id == JobID(job: job, task: task) }) else { return }
            let old = state.records.remove(at: index)
            if let new { state.records.append(JobRecord(id: old.id, token: old.token, state: new, node: node)) }
        }
    }
}

/// A lab with a scripted engine, and a clock that a test sets.
final class ScriptedLab {
    let lab: Lab
    let engine = ScriptedEngine()
    let runs: [String]
    private let time: TestTime
    private var settings = ClusterSettings()
    /// What the controllers have told.
    let events = EventLog()

    final class EventLog: Sendable {
        let all = Mutex<[ClusterEvent]>([])
    }

    /// A clock's time, in milliseconds.
    private final class TestTime: Sendable {
        let now = Atomic<Int64>(1_700_000_000_000)
    }

    static func with(runs: Int = 1, epochs: Int = 5, _ body: (ScriptedLab) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "pcnlab-cluster-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(try ScriptedLab(folder, runs: runs, epochs: epochs))
    }

    private init(_ folder: URL, runs count: Int, epochs: Int) throws {
        let time = TestTime()
        self.time = time
        lab = try Lab(
            folder, create: true,
            clock: LabClock(now: { time.now.load(ordering: .relaxed) }, uptime: { time.now.load(ordering: .relaxed) }))
        let toSubmit = (1...count).map { seed in
            var settings = Settings(dataset: .shapes, seed: seed)
            settings.epochs = epochs
            return RunToSubmit(settings, datasetDigest: "data")
        }
        runs = try lab.submit([ExperimentToSubmit("a", description: nil, runs: toSubmit)])[0].map(\.id)
        settings.engine = "scripted"
        (settings.graceSeconds, settings.packMinutes, settings.startsPerMinute) = (100, 0, 1000)
    }

    func pass(seconds: Int64) { time.now.wrappingAdd(seconds * 1000, ordering: .relaxed) }

    func change(_ body: (inout ClusterSettings) -> Void) { body(&settings) }

    func submit(_ chosen: [String]? = nil) throws {
        _ = try lab.assign(chosen ?? runs, to: "scripted")
        try sync(isImpatient: true)
    }

    @discardableResult
    func sync(isImpatient: Bool = false, secondsPerEpoch: Double = 60) throws -> ClusterSummary {
        let engine = engine
        return try ClusterController(
            lab, settings, node: .init(program: "/bin/pcnlab", datasets: "/data"),
            makeEngine: { $0 == "scripted" ? engine : nil },
            estimate: { _ in secondsPerEpoch }
        ) { [events] event in events.all.withLock { $0.append(event) } }.sync(isImpatient: isImpatient)
    }

    func state(_ index: Int = 0) throws -> RunState? { try lab.states(of: runs)[runs[index]] }

    func summary(_ index: Int = 0) throws -> RunSummary { try lab.runs(RunFilter(ids: [runs[index]]))[0] }

    /// The bundle of a run's attempt under way.
    func bundle(_ index: Int = 0) throws -> URL {
        let attempt = try lab.runs(RunFilter(ids: [runs[index]]))[0].attempts
        return lab.folder.appending(path: "cluster/runs/\(runs[index])-\(attempt)")
    }

    /// Has a process begin on a bundle.
    func begin(_ index: Int = 0, job: String = "1_0-0", node: String = "n1", arithmetic: String = "fused") throws -> BundleWork {
        let work = try BundleWork(try bundle(index), job: job, node: node, arithmetic: arithmetic)
        try work.append(
            JournalLine(start: .init(node: node, process: 1, arithmetic: arithmetic, threads: 1, version: "1", at: 0)))
        return work
    }
}

extension BundleWork {
    /// Writes the rows and the checkpoint that training these epochs would.
    func train(_ epochs: ClosedRange<Int>) throws {
        for epoch in epochs { try append(JournalLine(epoch: .of(epoch))) }
        try checkpoint(epochs.upperBound)
    }

    func checkpoint(_ epoch: Int, contents: String? = nil) throws {
        let file = "e\(epoch)-b0.safetensors", bytes = Data((contents ?? "weights after \(epoch)").utf8)
        try bytes.write(to: folder.appending(path: file))
        let digest = try #require(Digest.of(folder.appending(path: file))).sha256
        try append(
            JournalLine(
                checkpoint: .init(epoch: epoch, batch: 0, file: file, bytes: bytes.count, digest: digest, kept: false)))
    }

    func complete() throws {
        try finish(.completed, nil, FinalFigures(trainAccuracy: 0.5, testAccuracy: 0.4, weightsSHA256: "w"))
    }
}

extension EpochRow {
    static func of(_ epoch: Int) -> EpochRow {
        EpochRow(epoch: epoch, loss: 1 / Double(epoch), trainAccuracy: 0.3, testAccuracy: 0.2, seconds: 60)
    }
}
