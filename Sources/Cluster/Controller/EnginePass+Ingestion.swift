import Foundation
import Lab
import Specs

/// How a pass takes into the lab what the processes of a bundle wrote.
extension EnginePass {
    /// Writes what is new in a bundle into the lab. Returns whether the attempt is closed: an outcome counts when all that was written before
    /// it is there.
    mutating func ingest(_ attempt: RemoteAttempt, _ reading: BundleReading, _ record: JobRecord?) throws -> Bool {
        let outcome = reading.outcome
        do {
            var isWhole = true
            for start in reading.starts {
                try begin(attempt, start)
                isWhole = try take(attempt, start) && isWhole
            }
            guard let outcome, isWhole else {
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
    /// Returns whether every checkpoint was there that is not superfluous; otherwise these lines are read again by the next pass.
    private mutating func take(_ attempt: RemoteAttempt, _ start: BundleReading.Start) throws -> Bool {
        if start.lines.isEmpty { return true }
        let known = try lab.epoch(of: attempt.run)
        var last = known, rows: [EpochRow] = [], checkpoints: [JournalLine.Checkpoint] = []
        for line in start.lines {
            if let row = line.epoch, row.epoch <= last + 1 {
                rows.append(row)
                last = max(last, row.epoch)
            }
            if let checkpoint = line.checkpoint, checkpoint.epoch <= last { checkpoints.append(checkpoint) }
        }
        try lab.record(rows, run: attempt.run, attempt: attempt.number)
        let new = rows.filter { $0.epoch > known }
        if !new.isEmpty { note(.epochs(run: attempt.run, new, of: attempt.epochs)) }
        // Of those that make room for newer ones only the last few are there still, and only the last one is needed.
        let passing = checkpoints.filter { !$0.kept }
        var isWhole = true
        for checkpoint in checkpoints where checkpoint.kept || passing.suffix(2).contains(checkpoint) {
            let isTaken = try take(checkpoint, attempt, start.name)
            if checkpoint.kept || checkpoint == passing.last { isWhole = isWhole && isTaken }
        }
        guard isWhole else {
            late.insert(attempt.run)
            return false
        }
        for entry in start.lines.compactMap(\.note) {
            try lab.note(entry.kind, entry.detail, run: attempt.run, attempt: attempt.number)
        }
        return true
    }

    /// Takes a checkpoint file into the lab. Returns false for one that is not there, or not whole yet.
    private func take(_ checkpoint: JournalLine.Checkpoint, _ attempt: RemoteAttempt, _ start: String) throws -> Bool {
        guard !checkpoint.file.contains("/"), checkpoint.file.hasSuffix(".safetensors") else { return true }
        let source =
            "\(RunBundle.name(run: attempt.run, attempt: attempt.number))/\(RunBundle.starts)/\(start)/\(checkpoint.file)"
        let name = "checkpoints/\(attempt.run)/e\(checkpoint.epoch)-b\(checkpoint.batch)-a\(attempt.number).safetensors"
        let file = try lab.url(ofCheckpoint: name)
        do { try storage.fetch(source, to: file) } catch CocoaError.fileReadNoSuchFile { return false }
        guard let found = Digest.of(file), found.sha256 == checkpoint.digest else {
            try? FileManager.default.removeItem(at: file)
            return false
        }
        let row = CheckpointRecord(
            epoch: checkpoint.epoch, batch: checkpoint.batch, file: name, bytes: found.bytes, sha256: found.sha256,
            kept: checkpoint.kept)
        for superfluous in try lab.record(row, run: attempt.run, attempt: attempt.number) where superfluous != name {
            try? FileManager.default.removeItem(at: lab.url(ofCheckpoint: superfluous))
        }
        return true
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
        case .rung: end = .reachedRung
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
    mutating func notStarted(_ attempt: RemoteAttempt, _ reason: String, isFault: Bool = true) throws {
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
}
