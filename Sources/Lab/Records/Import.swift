import GRDB

/// A run that was trained in another lab: its results, and perhaps a checkpoint.
public struct ImportedRun: Sendable {
    public let run: RunToSubmit
    public let experiments: [String]
    /// Its curve, from epoch 1 without a gap.
    public let epochs: [EpochRow]
    /// Nil for a run that was not completed.
    public let final: FinalFigures?
    /// Ended ones.
    public let attempts: [AttemptRow]
    /// How a run that is not completed has ended there; nil if it had not.
    public var end: End?
    /// Other lengths at which it was completed.
    public var completions: [Completion] = []
    /// A durable file in this lab from which the run can go on, at an epoch of the curve. Nil: it has no weights here.
    public var checkpoint: CheckpointRecord?

    /// How a run ended without being completed.
    public enum End: Sendable, Equatable {
        case cancelled
        /// With the reason.
        case failed(String), diverged(String)

        var state: RunState {
            switch self {
            case .cancelled: .cancelled
            case .failed: .failed
            case .diverged: .diverged
            }
        }

        var error: String? {
            switch self {
            case .cancelled: nil
            case .failed(let reason), .diverged(let reason): reason
            }
        }
    }

    public init(_ run: RunToSubmit, experiments: [String], epochs: [EpochRow], final: FinalFigures?, attempts: [AttemptRow]) {
        (self.run, self.experiments, self.epochs) = (run, experiments, epochs)
        (self.final, self.attempts) = (final, attempts)
    }
}

extension Lab {
    /// The tag of imported runs, and the worker of their attempts.
    public static let importMark = "imported"

    /// Takes in runs of another lab, all of them or, on an error, none. One that is in this lab already stays as it is.
    ///
    /// A run that has ended is in the same state here; another one is paused. With a checkpoint it continues from there. Without one it has
    /// no weights: when it is queued, it is trained from epoch 1, and the imported rows are deleted. The figures of lengths at which it was
    /// completed stay.
    /// - Parameter source: where they come from, for their history.
    /// - Returns: whether each was taken in, in the same order.
    public func importRuns(_ runs: [ImportedRun], from source: String) throws -> [(id: String, isNew: Bool)] {
        try database.write { db in
            try runs.map { imported in
                let id = imported.run.id
                if try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM runs WHERE id = ?)", arguments: [id]) == true {
                    return (id, false)
                }
                try insert(imported, id: id, source, db)
                return (id, true)
            }
        }
    }

    private func insert(_ imported: ImportedRun, id: String, _ source: String, _ db: Database) throws {
        try insert(imported.run, id: id, priority: nil, db)
        for name in imported.experiments {
            try db.execute(
                sql: "INSERT INTO experiments (name, submitted_at) VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
                arguments: [name, clock.now()])
            try db.execute(
                sql: """
                    INSERT INTO experiment_runs (experiment_id, run_id, epochs) SELECT id, ?, ? FROM experiments WHERE name = ?
                    """, arguments: [id, imported.run.settings.epochs, name])
        }
        let before = try Int.fetchOne(db, sql: "SELECT attempt FROM runs WHERE id = ?", arguments: [id]) ?? 0
        for (index, attempt) in imported.attempts.enumerated() {
            try db.execute(
                sql: """
                    INSERT INTO attempts (run_id, number, worker, arithmetic, threads, started_at, heartbeat, ended_at, outcome)
                    VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?)
                    """,
                arguments: [
                    id, before + index + 1, Self.importMark, attempt.arithmetic, attempt.threads, attempt.startedAt,
                    attempt.endedAt ?? attempt.startedAt, attempt.outcome ?? Self.importMark,
                ])
        }
        for row in imported.epochs {
            try db.execute(
                cached: """
                    INSERT INTO epochs (run_id, epoch, loss, train_accuracy, test_accuracy, seconds, validation_accuracy)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    id, row.epoch, row.loss, row.trainAccuracy, row.testAccuracy, row.seconds, row.validationAccuracy,
                ])
        }
        let final = imported.final
        try db.execute(
            sql: """
                UPDATE runs SET state = ?, error = ?, epoch = ?, attempt = ?, final_train_accuracy = ?, final_test_accuracy = ?,
                    final_validation_accuracy = ?, weights_sha256 = ? WHERE id = ?
                """,
            arguments: [
                final == nil ? imported.end?.state ?? RunState.paused : .completed, final == nil ? imported.end?.error : nil,
                imported.epochs.count, before + imported.attempts.count,
                final?.trainAccuracy, final?.testAccuracy, final?.validationAccuracy, final?.weightsSHA256, id,
            ])
        if let checkpoint = imported.checkpoint {
            try db.execute(
                sql: """
                    INSERT INTO checkpoints (run_id, epoch, batch, attempt, file, bytes, sha256, kept, saved_at)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    id, checkpoint.epoch, checkpoint.batch, before + imported.attempts.count, checkpoint.file, checkpoint.bytes,
                    checkpoint.sha256, checkpoint.kept, clock.now(),
                ])
        }
        for completion in imported.completions { try record(completion, run: id, db) }
        if let final { try record(Completion(epochs: imported.run.settings.epochs, figures: final), run: id, db) }
        try db.execute(sql: "INSERT OR IGNORE INTO tags (run_id, tag) VALUES (?, ?)", arguments: [id, Self.importMark])
        try event(db, run: id, Self.importMark, source)
    }

    /// Deletes the imported rows of a run that is about to be trained here from epoch 1: they are rounded, and training writes its own. One
    /// that has a checkpoint continues, and keeps them. The figures of completed lengths stay until training replaces them. Called before
    /// an attempt begins.
    func forgetImport(of run: String, _ db: Database) throws {
        let known = try db.cachedStatement(
            sql: """
                SELECT EXISTS (SELECT 1 FROM events WHERE run_id = ?1 AND kind = ?2)
                    AND NOT EXISTS (SELECT 1 FROM attempts WHERE run_id = ?1 AND worker <> ?2)
                    AND NOT EXISTS (SELECT 1 FROM checkpoints WHERE run_id = ?1)
                """)
        guard try Bool.fetchOne(known, arguments: [run, Self.importMark]) == true else { return }
        try db.execute(sql: "DELETE FROM epochs WHERE run_id = ?", arguments: [run])
        try db.execute(sql: "DELETE FROM tags WHERE run_id = ? AND tag = ?", arguments: [run, Self.importMark])
        try db.execute(sql: "UPDATE runs SET epoch = 0 WHERE id = ?", arguments: [run])
    }
}
