import Foundation
import Lab
import Specs

/// One pass of a controller over the jobs of one engine.
struct EnginePass {
    let controller: ClusterController
    let engine: any Engine
    /// By token and task; nil if the engine is not known to have told all.
    let jobs: [String: [Int: JobRecord]]?
    let isFollowed: Bool
    let now: Int64
    /// Milliseconds of the monotonic clock, which no change of the time of day affects. A smaller one than before is of another boot.
    let uptime: Int64
    var hasNews = false
    /// The latest error of the engine, or of a bundle.
    private(set) var trouble: String?
    private var observations: [RemoteObservation] = []
    var stops: Set<JobID> = []
    var closed: [RemoteAttempt] = []
    /// Runs of which a checkpoint file is not there yet.
    var late: Set<String> = []
    /// Asked for where a node of another arithmetic is met.
    var capabilities: EngineCapabilities?

    var lab: Lab { controller.lab }
    var storage: SharedFolder { controller.storage }

    init(_ controller: ClusterController, _ engine: any Engine, _ list: JobList) {
        self.controller = controller
        self.engine = engine
        (now, uptime) = (controller.lab.clock.now(), controller.lab.clock.uptime())
        switch list {
        case .records(let records):
            jobs = Dictionary(grouping: records, by: \.token).mapValues { records in
                Dictionary(records.map { ($0.id.task, $0) }) { first, _ in first }
            }
            isFollowed = true
        case .unknown: (jobs, isFollowed) = (nil, true)
        case .notFollowed: (jobs, isFollowed) = (nil, false)
        }
    }

    mutating func note(_ event: ClusterEvent) {
        hasNews = true
        controller.observer(event)
    }

    mutating func isInTrouble(_ error: EngineError) { isInTrouble("\(error)") }

    private mutating func isInTrouble(_ text: String) {
        trouble = text
        controller.observer(.trouble(text))
    }

    // MARK: Following

    /// Reads what the jobs of these attempts did, and ends those that are over.
    mutating func follow(_ attempts: [RemoteAttempt]) throws {
        for (token, attempts) in Dictionary(grouping: attempts, by: \.token).sorted(by: {
            $0.value[0].submittedAt < $1.value[0].submittedAt
        }) {
            try learnJob(token, attempts)
            for (task, attempts) in Dictionary(grouping: attempts, by: \.task).sorted(by: { $0.key < $1.key }) {
                try follow(task, attempts.sorted { $0.place < $1.place })
            }
        }
        try lab.observe(observations)
        if !stops.isEmpty {
            do throws(EngineError) { try engine.stop(stops.sorted { ($0.job, $0.task) < ($1.job, $1.task) }) } catch {
                isInTrouble(error)
            }
        }
    }

    /// Finds the job of a submission whose end this lab has not seen.
    private func learnJob(_ token: String, _ attempts: [RemoteAttempt]) throws {
        guard attempts[0].job == nil, let record = jobs?[token]?.values.first else { return }
        try lab.submitted(token, as: record.id.job)
    }

    /// Runs of a task are trained one after the other. Those after the first that has not ended have not begun.
    private mutating func follow(_ task: Int, _ attempts: [RemoteAttempt]) throws {
        let record = jobs?[attempts[0].token]?[task]
        var isReached = true, left: [RemoteAttempt] = []
        for attempt in attempts {
            if !isReached, let record, !record.isEnded, attempt.wish != .nothing {
                left.append(attempt)
                keep(attempt, record, "its job trains other runs first")
                continue
            }
            do {
                let reading = try BundleReading(storage, attempt)
                if try ingest(attempt, reading, record) { continue }
                if try isOver(attempt, reading, record) { continue }
            } catch let failure as SharedFolder.Failure {
                // One bundle that cannot be read or written does not keep the others waiting. A folder that is away does.
                _ = try storage.list("runs")
                isInTrouble("\(failure)")
            }
            isReached = false
            left.append(attempt)
        }
        // Nothing of the task is wanted any more.
        if let record, !record.isEnded, !left.isEmpty, left.allSatisfy({ $0.wish == .nothing }) { stops.insert(record.id) }
    }

    mutating func close(_ attempt: RemoteAttempt) throws {
        hasNews = true
        try lab.close(attempt)
        closed.append(attempt)
    }

    /// Removes the bundles of closed attempts. Called when what was taken from them is durable in the lab.
    func removeBundles() {
        for attempt in closed { try? storage.remove(RunBundle.name(run: attempt.run, attempt: attempt.number)) }
    }

    // MARK: What is wanted

    /// Tells a bundle's process what is wanted of it.
    func passOn(_ attempt: RemoteAttempt) throws {
        switch attempt.wish {
        // A process whose job is gone was told to stop, see `isOver`.
        case .start, .goOn: if attempt.missingSince == nil { try withdraw(attempt) }
        case .stop, .nothing: try ask(attempt)
        }
    }

    func ask(_ attempt: RemoteAttempt) throws {
        let name = "\(RunBundle.name(run: attempt.run, attempt: attempt.number))/\(RunBundle.request)"
        if try storage.get(name) == nil { try storage.put(Data((RunBundle.stop + "\n").utf8), as: name) }
    }

    private func withdraw(_ attempt: RemoteAttempt) throws {
        let name = "\(RunBundle.name(run: attempt.run, attempt: attempt.number))/\(RunBundle.request)"
        if try storage.get(name) != nil { try storage.remove(name) }
    }

    /// Keeps what was seen of an attempt that goes on.
    /// - Parameter reason: why it is not in training while its job runs; nil if it is.
    mutating func keep(
        _ attempt: RemoteAttempt, _ record: JobRecord?, _ reason: String?, _ change: (inout RemoteObservation) -> Void = { _ in }
    ) {
        var seen = RemoteObservation(attempt)
        seen.missingSince = nil
        if let record {
            switch record.state {
            case .waiting(let text): seen.reason = text
            case .running: seen.reason = reason
            case .ended: break
            }
            seen.node = record.node ?? seen.node
        }
        change(&seen)
        if seen != RemoteObservation(attempt) { observations.append(seen) }
    }
}
