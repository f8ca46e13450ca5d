import Foundation
import Lab
import Specs

/// One pass of a controller over the jobs of one engine.
struct EnginePass {
    let controller: ClusterController
    let engine: any Engine
    /// By token and task; nil if the engine is not known to have told all.
    private let jobs: [String: [Int: JobRecord]]?
    private let isFollowed: Bool
    let now: Int64
    /// Milliseconds of the monotonic clock, which no change of the time of day affects. A smaller one than before is of another boot.
    private let uptime: Int64
    private(set) var hasNews = false
    /// The latest error of the engine.
    private(set) var trouble: String?
    private var observations: [RemoteObservation] = []
    private var stops: Set<JobID> = []
    private var closed: [RemoteAttempt] = []
    /// Asked for where a node of another arithmetic is met.
    private var capabilities: EngineCapabilities?

    var lab: Lab { controller.lab }
    var storage: SharedFolder { controller.storage }

    /// Milliseconds after which a submission that the engine does not list has not arrived.
    private static let arrival: Int64 = 60_000
    /// Milliseconds for which a shared folder may show what it held before.
    private static let staleness: Int64 = 60_000
    /// Heartbeats before which the death of a job is its node's fault rather than the run's.
    private static let quick = 60

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

    mutating func isInTrouble(_ error: EngineError) {
        trouble = "\(error)"
        controller.observer(.trouble("\(error)"))
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
            let reading = try BundleReading(storage, attempt)
            if try ingest(attempt, reading, record) { continue }
            if try isOver(attempt, reading, record) { continue }
            isReached = false
            left.append(attempt)
        }
        // Nothing of the task is wanted any more.
        if let record, !record.isEnded, !left.isEmpty, left.allSatisfy({ $0.wish == .nothing }) { stops.insert(record.id) }
    }

    /// Writes what is new in a bundle into the lab. Returns whether the attempt is closed.
    private mutating func ingest(_ attempt: RemoteAttempt, _ reading: BundleReading, _ record: JobRecord?) throws -> Bool {
        let outcome = reading.outcome
        do {
            for start in reading.starts {
                try begin(attempt, start)
                try take(attempt, start)
            }
            guard let outcome else {
                try passOn(attempt)
                return false
            }
            try end(attempt, outcome, reading)
        } catch LabError.superseded {
            // Removed, paused before it started, or another attempt's: its process is told so, and nothing of it is taken.
            guard outcome != nil else {
                try ask(attempt)
                return false
            }
        }
        try close(attempt)
        return true
    }

    /// The first line of a start makes a run one that is in training.
    private mutating func begin(_ attempt: RemoteAttempt, _ start: BundleReading.Start) throws {
        guard let first = start.first else { return }
        try lab.node(first.node, of: attempt.engine, computesWith: first.arithmetic)
        let job = attempt.job.map { "\($0)_\(attempt.task)" } ?? start.job
        let isNew = try lab.start(
            attempt, RemotePlace(engine: attempt.engine, job: job, node: first.node, reason: nil), arithmetic: first.arithmetic,
            threads: first.threads, at: first.at)
        guard isNew else { return }
        note(
            .started(
                run: attempt.run, attempt: attempt.number,
                place: RemotePlace(engine: attempt.engine, job: job, node: first.node, reason: nil)))
    }

    /// Writes a start's new epochs and checkpoints into the lab. Epochs are taken in order only: one that is missing is trained again.
    private mutating func take(_ attempt: RemoteAttempt, _ start: BundleReading.Start) throws {
        if start.lines.isEmpty { return }
        var last = try lab.epoch(of: attempt.run), rows: [EpochRow] = [], checkpoints: [JournalLine.Checkpoint] = []
        for line in start.lines {
            if let row = line.epoch, row.epoch <= last + 1 {
                rows.append(row)
                last = max(last, row.epoch)
            }
            if let checkpoint = line.checkpoint, checkpoint.epoch <= last { checkpoints.append(checkpoint) }
            if let entry = line.note { try lab.note(entry.kind, entry.detail, run: attempt.run, attempt: attempt.number) }
        }
        try lab.record(rows, run: attempt.run, attempt: attempt.number)
        if !rows.isEmpty { note(.epochs(run: attempt.run, rows, of: attempt.epochs)) }
        // Of those that make room for newer ones, only the two newest are there still.
        let wanted = checkpoints.filter(\.kept) + checkpoints.filter { !$0.kept }.suffix(2)
        for checkpoint in wanted.sorted(by: { ($0.epoch, $0.batch) < ($1.epoch, $1.batch) }) {
            try take(checkpoint, attempt, start.name)
        }
    }

    /// Takes a checkpoint file into the lab. One that is not there, or not whole yet, is left: training goes on from an older one.
    private func take(_ checkpoint: JournalLine.Checkpoint, _ attempt: RemoteAttempt, _ start: String) throws {
        guard !checkpoint.file.contains("/"), checkpoint.file.hasSuffix(".safetensors") else { return }
        let source =
            "\(RunBundle.name(run: attempt.run, attempt: attempt.number))/\(RunBundle.starts)/\(start)/\(checkpoint.file)"
        let name = "checkpoints/\(attempt.run)/e\(checkpoint.epoch)-b\(checkpoint.batch)-a\(attempt.number).safetensors"
        let file = try lab.url(ofCheckpoint: name)
        do { try storage.fetch(source, to: file) } catch CocoaError.fileReadNoSuchFile { return }
        guard let found = Digest.of(file), found.sha256 == checkpoint.digest else {
            try? FileManager.default.removeItem(at: file)
            return
        }
        let row = CheckpointRecord(
            epoch: checkpoint.epoch, batch: checkpoint.batch, file: name, bytes: found.bytes, sha256: found.sha256,
            kept: checkpoint.kept)
        for superfluous in try lab.record(row, run: attempt.run, attempt: attempt.number) where superfluous != name {
            try? FileManager.default.removeItem(at: lab.url(ofCheckpoint: superfluous))
        }
    }

    /// Ends an attempt as its outcome says.
    private mutating func end(_ attempt: RemoteAttempt, _ outcome: BundleOutcome, _ reading: BundleReading) throws {
        let reason = outcome.reason ?? outcome.kind.rawValue
        let progress = try lab.progress(of: attempt)
        guard progress.isStarted else {
            // It ended before it trained anything.
            if outcome.kind == .refused { return try refused(attempt, outcome) }
            try notStarted(attempt, reason, isFault: outcome.kind != .stopped)
            return
        }
        // Another pass may have come so far, and no farther.
        if progress.isEnded { return }
        let end: AttemptOutcome
        switch outcome.kind {
        case .completed: end = outcome.figures.map(AttemptOutcome.completed) ?? .failed("its outcome has no final figures")
        case .diverged: end = .diverged(reason)
        case .failed: end = .failed(reason)
        case .stopped, .busy, .refused:
            switch attempt.wish {
            case .stop(.asked(let request)): end = .stopped(request)
            case .stop(.shortened): end = .released("fewer epochs are wanted")
            case .stop(.taken): end = .released("taken from \(attempt.engine)")
            case .start, .goOn, .nothing: end = .released(reason)
            }
        case .waits: end = .waits(reason)
        }
        let state = try lab.finish(end, run: attempt.run, attempt: attempt.number)
        if outcome.kind != .failed { try lab.count(quickDeath: false, on: outcome.node, of: attempt.engine) }
        note(.ended(run: attempt.run, end, state: state))
    }

    /// - Parameter isFault: whether it is the run's or the settings', and not the cluster's.
    private mutating func notStarted(_ attempt: RemoteAttempt, _ reason: String, isFault: Bool = true) throws {
        try lab.close(attempt, reason: reason, isFault: isFault)
        closed.append(attempt)
        note(.notStarted(run: attempt.run, reason: reason))
    }

    /// A node of another arithmetic: no job of the run is sent there again.
    private mutating func refused(_ attempt: RemoteAttempt, _ outcome: BundleOutcome) throws {
        try lab.node(outcome.node, of: attempt.engine, computesWith: outcome.arithmetic)
        var text = outcome.reason ?? "its arithmetic is another one"
        if capabilities == nil { capabilities = try? engine.capabilities() }
        let features = capabilities?.features ?? [:]
        if let before = try lab.lastNode(of: attempt.run), before != outcome.node {
            let missing = (features[before] ?? []).filter { !(features[outcome.node] ?? []).contains($0) }
            if !missing.isEmpty {
                text += "; ask for nodes like \(before) with --set constraint=\(missing[0])"
            } else {
                text += "; ask for nodes like \(before): --set exclude=\(outcome.node)"
            }
        }
        try notStarted(attempt, text)
    }

    private mutating func close(_ attempt: RemoteAttempt) throws {
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
    private func passOn(_ attempt: RemoteAttempt) throws {
        switch attempt.wish {
        case .start, .goOn: try withdraw(attempt)
        case .stop, .nothing: try ask(attempt)
        }
    }

    private func ask(_ attempt: RemoteAttempt) throws {
        let name = "\(RunBundle.name(run: attempt.run, attempt: attempt.number))/\(RunBundle.request)"
        if try storage.get(name) == nil { try storage.put(Data((RunBundle.stop + "\n").utf8), as: name) }
    }

    private func withdraw(_ attempt: RemoteAttempt) throws {
        let name = "\(RunBundle.name(run: attempt.run, attempt: attempt.number))/\(RunBundle.request)"
        if try storage.get(name) != nil { try storage.remove(name) }
    }

    // MARK: Jobs that are over

    /// Keeps what was seen of an attempt that goes on.
    /// - Parameter reason: why it is not in training while its job runs; nil if it is.
    private mutating func keep(
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

    /// Decides about an attempt without an outcome. Returns whether it is closed.
    private mutating func isOver(_ attempt: RemoteAttempt, _ reading: BundleReading, _ record: JobRecord?) throws -> Bool {
        let isStarted = !reading.starts.isEmpty
        let grace = Int64(controller.settings.graceSeconds) * 1000
        let beat = reading.beat
        // After a boot the clock begins anew.
        let beatAt = attempt.beat == beat ? min(attempt.beatAt ?? uptime, uptime) : uptime
        let last = reading.starts.last
        func remember(_ change: (inout RemoteObservation) -> Void = { _ in }) {
            keep(attempt, record, isStarted ? nil : "its job is starting") { seen in
                (seen.beat, seen.beatAt) = (beat, beat == nil ? nil : beatAt)
                (seen.start, seen.offset) = (last?.name, last?.offset)
                change(&seen)
            }
        }
        if !isFollowed, attempt.wish == .nothing, beat == nil || uptime - beatAt >= grace {
            try ask(attempt)
            try close(attempt)
            return true
        }
        guard isFollowed, jobs != nil else {
            remember { seen in
                seen.missingSince = attempt.missingSince
                if !isFollowed { seen.reason = isStarted ? nil : "it waits for `pcnlab train`" }
            }
            return false
        }
        if let record {
            switch record.state {
            case .waiting(let reason):
                if Self.impossible.contains(reason), !isStarted, attempt.wish != .nothing {
                    stops.insert(record.id)
                    try ask(attempt)
                    let text =
                        "\(engine.name) cannot start its job: \(reason); change the settings in cluster.json, then "
                        + "`pcnlab cluster submit`"
                    try notStarted(attempt, text)
                    return true
                }
                remember()
                return false
            case .running:
                // An engine may hold a job for running long after its node is lost, and a process may hang.
                if beat != nil, uptime - beatAt >= grace { stops.insert(record.id) }
                remember()
                return false
            case .ended: break
            }
        }
        // A job that was submitted and never seen may not have arrived.
        if record == nil, attempt.job == nil, !isStarted, jobs?[attempt.token] == nil {
            if now >= attempt.submittedAt, now - attempt.submittedAt < Self.arrival {
                remember()
                return false
            }
            try ask(attempt)
            try notStarted(attempt, "its job never arrived at \(engine.name)", isFault: false)
            return true
        }
        let since = min(attempt.missingSince ?? uptime, uptime)
        var end: JobEnd?
        if case .ended(let known)? = record?.state { end = known }
        // What a process writes may be seen later; and one whose job is gone may live.
        let patience = end == nil ? grace : min(grace, Self.staleness)
        let isQuiet = uptime - since >= patience && (beat == nil || uptime - beatAt >= patience)
        guard isQuiet else {
            // It should not go on beside its successor.
            if isStarted, end != nil || uptime - since >= patience { try ask(attempt) }
            remember { $0.missingSince = since }
            return false
        }
        try ask(attempt)
        try giveUp(attempt, reading, end)
        return true
    }

    /// Reasons of Slurm for which a job waits for ever, unless an administrator changes something.
    private static let impossible: Set<String> = [
        "PartitionConfig", "PartitionTimeLimit", "PartitionNodeLimit", "BadConstraints", "InvalidAccount", "InvalidQOS",
    ]

    /// Ends an attempt whose job is over, and which says nothing.
    private mutating func giveUp(_ attempt: RemoteAttempt, _ reading: BundleReading, _ end: JobEnd?) throws {
        let reason = end?.text ?? "its job is gone"
        defer { hasNews = true }
        let progress = try lab.progress(of: attempt)
        guard progress.isStarted, !progress.isEnded, attempt.wish != .nothing else {
            if attempt.wish == .nothing || progress.isEnded { return try close(attempt) }
            // The program was never reached, or has not come to its first line.
            let isFault = end.map { !$0.isOfTheCluster && $0 != .timeLimit } ?? false
            let output = isFault ? outputTail(attempt) : ""
            let text = reason + " before it began" + (output.isEmpty ? "" : ": \(output)")
            return try notStarted(attempt, text, isFault: isFault)
        }
        if let node = attempt.node, end.map({ !$0.isOfTheCluster && $0 != .timeLimit }) ?? false {
            // A heartbeat is a second.
            let isQuick = (reading.starts.last?.beat ?? 0) < Self.quick
            if try lab.count(quickDeath: isQuick, on: node, of: attempt.engine) {
                controller.observer(.notice("\(node) is used no more: two jobs died there soon after their start"))
            }
        }
        if end == .outOfMemory {
            let settings = controller.settings
            let text = "out of memory\(settings.mem.map { " with mem \($0)" } ?? ""); ask for more with --set mem=SIZE"
            let state = try lab.finish(.failed(text), run: attempt.run, attempt: attempt.number)
            note(.ended(run: attempt.run, .failed(text), state: state))
        } else {
            let state = try lab.release(attempt, reason: reason, isDeath: !(end?.isOfTheCluster ?? false))
            note(.ended(run: attempt.run, .released(reason), state: state))
        }
        try close(attempt)
    }

    /// The last line that a job printed.
    private func outputTail(_ attempt: RemoteAttempt) -> String {
        let bytes = (try? storage.get("jobs/\(attempt.token)/output-\(attempt.task)")) ?? nil
        let lines = String(decoding: (bytes ?? Data()).suffix(4096), as: UTF8.self).split(separator: "\n")
        return lines.last.map { String($0.prefix(300)) } ?? ""
    }
}
