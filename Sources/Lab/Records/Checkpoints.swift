import Foundation
import GRDB

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
    /// Records a checkpoint that is durable on disk, and returns the files that it makes superfluous: all up to its place but the
    /// two newest and those that are kept, and a file that stood for the same place before.
    public func record(_ checkpoint: CheckpointRecord, run: String, attempt: Int) throws -> [String] {
        try fencedWrite(run: run, attempt: attempt) { db in
            let replaced = try String.fetchAll(
                db, sql: "SELECT file FROM checkpoints WHERE run_id = ? AND epoch = ? AND batch = ? AND file <> ?",
                arguments: [run, checkpoint.epoch, checkpoint.batch, checkpoint.file])
            try db.execute(
                sql: """
                    INSERT INTO checkpoints (run_id, epoch, batch, attempt, file, bytes, sha256, kept, saved_at)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (run_id, epoch, batch) DO UPDATE SET attempt = excluded.attempt, file = excluded.file,
                        bytes = excluded.bytes, sha256 = excluded.sha256, kept = max(kept, excluded.kept), saved_at = excluded.saved_at
                    """,
                arguments: [
                    run, checkpoint.epoch, checkpoint.batch, attempt, checkpoint.file, checkpoint.bytes, checkpoint.sha256,
                    checkpoint.kept, clock.now(),
                ])
            // Whatever becomes of the checkpoint, the run does not kill its workers.
            let deaths = try deaths(of: run, db)
            if deaths > 0 { try event(db, run: run, attempt: attempt, "saved", "a checkpoint, after \(deaths) dead workers") }
            let superfluous = try String.fetchAll(
                db,
                sql: """
                    DELETE FROM checkpoints WHERE run_id = ?1 AND kept = 0 AND (epoch, batch) <= (?2, ?3)
                        AND (epoch, batch) NOT IN (SELECT epoch, batch FROM checkpoints
                            WHERE run_id = ?1 AND (epoch, batch) <= (?2, ?3) ORDER BY epoch DESC, batch DESC LIMIT 2)
                    RETURNING file
                    """, arguments: [run, checkpoint.epoch, checkpoint.batch])
            return replaced + superfluous
        }
    }

    /// Where a checkpoint's file is. Throws `damaged` for a name that leads elsewhere than to a run's checkpoints, as only a
    /// database altered by hand has it: nothing outside the lab is read, written or removed.
    public func url(ofCheckpoint file: String) throws -> URL {
        let parts = file.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "checkpoints", !parts.contains(where: { ["", ".", ".."].contains($0) }) else {
            throw LabError.damaged(file: databaseFile.relativePath, reason: "a checkpoint's file is \(file.debugDescription)")
        }
        return folder.appending(path: file)
    }

    /// The run's checkpoints, newest first.
    public func checkpoints(of run: String) throws -> [CheckpointRecord] {
        try database.read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM checkpoints WHERE run_id = ? ORDER BY epoch DESC, batch DESC", arguments: [run]
            ).map(CheckpointRecord.init)
        }
    }

    /// The checkpoints from which a run may go on, newest first: those up to which every epoch has its row.
    public func checkpointsToResume(_ run: String) throws -> [CheckpointRecord] {
        try database.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT c.* FROM checkpoints c JOIN runs r ON r.id = c.run_id
                    WHERE c.run_id = ? AND c.epoch <= r.epoch ORDER BY c.epoch DESC, c.batch DESC
                    """, arguments: [run]
            ).map(CheckpointRecord.init)
        }
    }

    /// Every run's checkpoints, and which runs workers have, at one moment.
    public func allCheckpoints() throws -> (rows: [(run: String, record: CheckpointRecord)], atWork: Set<String>) {
        try database.read { db in
            let rows = try Row.fetchAll(db, sql: "SELECT * FROM checkpoints ORDER BY run_id, epoch, batch")
            let atWork = try String.fetchSet(db, sql: "SELECT id FROM runs WHERE state = 'running'")
            return (rows.map { ($0["run_id"], CheckpointRecord($0)) }, atWork)
        }
    }

    /// A checkpoint that cannot be used: it is forgotten, and the run's history says why.
    public func discard(_ checkpoint: CheckpointRecord, run: String, attempt: Int, reason: String) throws {
        try fencedWrite(run: run, attempt: attempt) { db in
            try db.execute(
                sql: "DELETE FROM checkpoints WHERE run_id = ? AND epoch = ? AND batch = ?",
                arguments: [run, checkpoint.epoch, checkpoint.batch])
            try event(db, run: run, attempt: attempt, "checkpoint damaged", "\(checkpoint.file): \(reason)")
        }
    }
}

extension CheckpointRecord {
    fileprivate init(_ row: Row) {
        self.init(
            epoch: row["epoch"], batch: row["batch"], file: row["file"], bytes: row["bytes"], sha256: row["sha256"],
            kept: row["kept"])
    }
}
