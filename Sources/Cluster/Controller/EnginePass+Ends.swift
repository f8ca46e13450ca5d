import Foundation
import Lab
import Specs

/// How a pass decides about attempts that do not say how they ended.
extension EnginePass {
    /// Milliseconds after which a submission that the engine does not list has not arrived.
    private static let arrival: Int64 = 60_000
    /// Milliseconds for which a shared folder may show what it held before.
    private static let staleness: Int64 = 60_000
    /// Heartbeats before which the death of a job is its node's fault rather than the run's.
    private static let quick = 60

    /// Decides about an attempt without an outcome. Returns whether it is closed.
    mutating func isOver(_ attempt: RemoteAttempt, _ reading: BundleReading, _ record: JobRecord?) throws -> Bool {
        let isStarted = !reading.starts.isEmpty
        let grace = Int64(controller.settings.graceSeconds) * 1000
        let beat = reading.beat
        // After a boot the clock begins anew.
        let beatAt = attempt.beat == beat ? min(attempt.beatAt ?? uptime, uptime) : uptime
        let last = reading.starts.last, isLate = late.contains(attempt.run)
        func remember(_ change: (inout RemoteObservation) -> Void = { _ in }) {
            keep(attempt, record, isStarted ? nil : "its job is starting") { seen in
                (seen.beat, seen.beatAt) = (beat, beat == nil ? nil : beatAt)
                // Lines whose files are late are read again.
                if let last, !isLate { (seen.start, seen.offset) = (last.name, last.offset) }
                change(&seen)
            }
        }
        if !isFollowed, attempt.wish == .nothing, beat == nil || uptime - beatAt >= grace {
            try ask(attempt)
            try close(attempt)
            return true
        }
        // Nobody says that a process was killed. A later one may have come to an end, or the run is not wanted any more.
        if !isFollowed, beat != nil, uptime - beatAt >= grace {
            if reading.endedStarts.outcome != nil { return try ingest(attempt, reading.endedStarts, record) }
            if case .stop = attempt.wish {
                try ask(attempt)
                try giveUp(attempt, reading, nil)
                return true
            }
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
        // Too little memory is the settings' fault, not the node's.
        if let node = attempt.node, end.map({ !$0.isOfTheCluster && $0 != .timeLimit && $0 != .outOfMemory }) ?? false {
            // A heartbeat is a second.
            let isQuick = (reading.starts.last?.beat ?? 0) < Self.quick
            if try lab.count(quickDeath: isQuick, on: node, of: attempt.engine) {
                controller.observer(.notice("\(node) is excluded for a day: two jobs died there soon after their start"))
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
