import GRDB

/// One epoch's figures.
public struct EpochRow: Sendable, Equatable, Codable {
    public let epoch: Int
    /// Mean cross-entropy over the epoch's samples.
    public let loss: Double
    /// Running mean over the epoch's batches, 0…1.
    public let trainAccuracy: Double
    /// A full pass after the epoch, 0…1.
    public let testAccuracy: Double
    public let seconds: Double

    public init(epoch: Int, loss: Double, trainAccuracy: Double, testAccuracy: Double, seconds: Double) {
        self.epoch = epoch
        self.loss = loss
        self.trainAccuracy = trainAccuracy
        self.testAccuracy = testAccuracy
        self.seconds = seconds
    }
}

/// What a completed run has besides its curve.
public struct FinalFigures: Sendable, Equatable {
    /// Of the final weights over the whole of both splits, 0…1, as in Table 1.
    public let trainAccuracy: Double
    public let testAccuracy: Double
    public let weightsSHA256: String

    public init(trainAccuracy: Double, testAccuracy: Double, weightsSHA256: String) {
        self.trainAccuracy = trainAccuracy
        self.testAccuracy = testAccuracy
        self.weightsSHA256 = weightsSHA256
    }
}

/// How an attempt ended.
public enum AttemptOutcome: Sendable, Equatable {
    case completed(FinalFigures)
    case diverged(String)
    case failed(String)
    /// The worker was told to stop; a checkpoint is there.
    case released(String)
    case stopped(RunRequest)
}

/// A durable checkpoint file, by the place from which training goes on.
public struct CheckpointRecord: Sendable, Equatable {
    /// Epochs completed, and batches of the next one done.
    public let epoch: Int
    public let batch: Int
    /// Within the lab's folder.
    public let file: String
    public let bytes: Int
    public let sha256: String
    /// Not removed for newer ones.
    public let kept: Bool

    public init(epoch: Int, batch: Int, file: String, bytes: Int, sha256: String, kept: Bool) {
        self.epoch = epoch
        self.batch = batch
        self.file = file
        self.bytes = bytes
        self.sha256 = sha256
        self.kept = kept
    }
}

extension Lab {
    /// Throws `superseded` unless `attempt` still holds the run.
    private func fence(_ db: Database, _ run: String, _ attempt: Int) throws {
        let holds = try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM runs WHERE id = ? AND attempt = ? AND state = 'running')",
            arguments: [run, attempt])
        guard holds == true else { throw LabError.superseded(run: run, attempt: attempt) }
    }

    /// Writes an epoch's row. After a crash the epochs since the last checkpoint are trained again and give the same rows;
    /// where one differs (another BLAS kernel, say), the newer stands and the run's history says so.
    public func record(_ row: EpochRow, run: String, attempt: Int) throws {
        try database.write { db in
            try fence(db, run, attempt)
            let old = try Row.fetchOne(
                db, sql: "SELECT loss, train_accuracy, test_accuracy FROM epochs WHERE run_id = ? AND epoch = ?",
                arguments: [run, row.epoch])
            if let old,
                (old["loss"], old["train_accuracy"], old["test_accuracy"]) != (row.loss, row.trainAccuracy, row.testAccuracy)
            {
                try event(
                    db, run: run, attempt: attempt, "not reproduced",
                    "epoch \(row.epoch): loss \(old["loss"] as Double), now \(row.loss)")
            }
            try db.execute(
                sql: """
                    INSERT INTO epochs (run_id, epoch, loss, train_accuracy, test_accuracy, seconds) VALUES (?, ?, ?, ?, ?, ?)
                    ON CONFLICT (run_id, epoch) DO UPDATE SET loss = excluded.loss, train_accuracy = excluded.train_accuracy,
                        test_accuracy = excluded.test_accuracy, seconds = excluded.seconds
                    """,
                arguments: [run, row.epoch, row.loss, row.trainAccuracy, row.testAccuracy, row.seconds])
            try db.execute(sql: "UPDATE runs SET epoch = max(epoch, ?) WHERE id = ?", arguments: [row.epoch, run])
        }
    }

    /// Records a checkpoint that is durable on disk, and returns the files that it makes superfluous: all but the two newest
    /// and those that are kept.
    public func record(_ checkpoint: CheckpointRecord, run: String, attempt: Int) throws -> [String] {
        try database.write { db in
            try fence(db, run, attempt)
            let replaced = try String.fetchAll(
                db, sql: "SELECT file FROM checkpoints WHERE run_id = ? AND epoch = ? AND batch = ? AND file <> ?",
                arguments: [run, checkpoint.epoch, checkpoint.batch, checkpoint.file])
            try db.execute(
                sql: """
                    INSERT INTO checkpoints (run_id, epoch, batch, attempt, file, bytes, sha256, kept, saved_at)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (run_id, epoch, batch) DO UPDATE SET attempt = excluded.attempt, file = excluded.file,
                        bytes = excluded.bytes, sha256 = excluded.sha256, kept = excluded.kept, saved_at = excluded.saved_at
                    """,
                arguments: [
                    run, checkpoint.epoch, checkpoint.batch, attempt, checkpoint.file, checkpoint.bytes, checkpoint.sha256,
                    checkpoint.kept, clock.now(),
                ])
            let superfluous = try String.fetchAll(
                db,
                sql: """
                    DELETE FROM checkpoints WHERE run_id = ?1 AND kept = 0 AND (epoch, batch) NOT IN
                        (SELECT epoch, batch FROM checkpoints WHERE run_id = ?1 ORDER BY epoch DESC, batch DESC LIMIT 2)
                    RETURNING file
                    """, arguments: [run])
            return replaced + superfluous
        }
    }

    /// The run's checkpoints, newest first.
    public func checkpoints(of run: String) throws -> [CheckpointRecord] {
        try database.read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM checkpoints WHERE run_id = ? ORDER BY epoch DESC, batch DESC", arguments: [run]
            ).map {
                CheckpointRecord(
                    epoch: $0["epoch"], batch: $0["batch"], file: $0["file"], bytes: $0["bytes"], sha256: $0["sha256"],
                    kept: $0["kept"])
            }
        }
    }

    /// A checkpoint that cannot be used: it is forgotten, and the run's history says why.
    public func discard(_ checkpoint: CheckpointRecord, run: String, attempt: Int, reason: String) throws {
        try database.write { db in
            try fence(db, run, attempt)
            try db.execute(
                sql: "DELETE FROM checkpoints WHERE run_id = ? AND epoch = ? AND batch = ?",
                arguments: [run, checkpoint.epoch, checkpoint.batch])
            try event(db, run: run, attempt: attempt, "checkpoint damaged", "\(checkpoint.file): \(reason)")
        }
    }

    /// Ends an attempt. Returns the state that the run is in then.
    @discardableResult
    public func finish(_ outcome: AttemptOutcome, run: String, attempt: Int) throws -> RunState {
        try database.write { db in
            try fence(db, run, attempt)
            let (wanted, done, failures) =
                try Row.fetchOne(
                    db, sql: "SELECT epochs, epoch, failures FROM runs WHERE id = ?", arguments: [run]
                ).map { ($0["epochs"] as Int, $0["epoch"] as Int, $0["failures"] as Int) } ?? (0, 0, 0)
            let text: String
            switch outcome {
            case .completed where done < wanted:
                // It was extended while the last epoch ran.
                text = "extended"
                try apply(.released, to: run, db)
            case .completed(let final):
                text = "completed"
                try apply(.completed, to: run, final: final, db)
            case .diverged(let error):
                text = "diverged: \(error)"
                try apply(.diverged, to: run, error: error, db)
            case .failed(let error):
                text = "failed: \(error)"
                let isLast = failures + 1 >= Self.attemptsAllowed
                try apply(isLast ? .failedForGood : .failedOnce, to: run, error: error, db)
            case .released(let reason):
                text = reason
                try apply(.released, to: run, db)
            case .stopped(.pause):
                text = "paused"
                try apply(.stoppedToPause, to: run, db)
            case .stopped(.cancel):
                text = "cancelled"
                try apply(.stoppedToCancel, to: run, db)
            }
            try end(db, run: run, attempt: attempt, outcome: text)
            return try RunState.fetchOne(db, sql: "SELECT state FROM runs WHERE id = ?", arguments: [run]) ?? .queued
        }
    }
}
