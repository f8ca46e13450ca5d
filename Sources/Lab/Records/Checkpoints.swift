import Foundation
import GRDB

/// A durable checkpoint file, with the place from which training continues.
public struct CheckpointRecord: Sendable, Equatable {
    /// Epochs completed, and batches of the next one done.
    public let epoch: Int
    public let batch: Int
    /// Relative to the lab's folder.
    public let file: String
    public let bytes: Int
    public let sha256: String
    /// Whether it is kept when newer ones exist.
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
    /// Records a checkpoint that is durable on disk. Returns the files that may be removed: all checkpoints up to its place except the
    /// two newest and the kept ones, and the previous file of the same place.
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
            // The run does not kill its workers, even if this checkpoint is lost later.
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

    /// The location of a checkpoint's file. Throws `damaged` for a path outside the runs' checkpoints, which only a manually altered
    /// database contains: nothing outside the lab is read, written or removed.
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

    /// The checkpoints from which a run may continue, newest first: those up to which every epoch has its row.
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

    /// The checkpoints whose weights a run has, newest first. Of a completed run: those up to its length. Of any other: all.
    public func checkpoints(of run: RunSummary) throws -> [CheckpointRecord] {
        let all = try checkpoints(of: run.id)
        return run.state == .completed ? all.filter { ($0.epoch, $0.batch) <= (run.epochs, 0) } : all
    }

    /// Every run's checkpoints, and the running runs, in one snapshot.
    public func allCheckpoints() throws -> (rows: [(run: String, record: CheckpointRecord)], atWork: Set<String>) {
        try database.read { db in
            let rows = try Row.fetchAll(db, sql: "SELECT * FROM checkpoints ORDER BY run_id, epoch, batch")
            let atWork = try String.fetchSet(db, sql: "SELECT id FROM runs WHERE state = 'running'")
            return (rows.map { ($0["run_id"], CheckpointRecord($0)) }, atWork)
        }
    }

    /// Removes the record of an unusable checkpoint and adds the reason to the run's history.
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
