import Foundation
import GRDB

/// What a lab's files take, in bytes.
public struct DiskUse: Sendable, Equatable {
    /// Of the checkpoints, as recorded.
    public let checkpoints: Int64
    /// Of the database and its log.
    public let database: Int64
    /// Of the runs' logs.
    public let logs: Int64

    package init(checkpoints: Int64, database: Int64, logs: Int64) {
        (self.checkpoints, self.database, self.logs) = (checkpoints, database, logs)
    }
}

/// A checkpoint that nothing needs.
public struct SuperfluousCheckpoint: Sendable, Equatable {
    public let run: String
    /// Relative to the lab's folder.
    public let file: String
    public let bytes: Int64
}

extension Lab {
    /// What the lab's files take.
    public func diskUse() throws -> DiskUse {
        let checkpoints = try database.read { try Int64.fetchOne($0, sql: "SELECT sum(bytes) FROM checkpoints") ?? 0 }
        let size = { (file: URL) in
            ((try? FileManager.default.attributesOfItem(atPath: file.path))?[.size] as? Int64) ?? 0
        }
        let files = (try? FileManager.default.contentsOfDirectory(at: logs, includingPropertiesForKeys: nil)) ?? []
        return DiskUse(
            checkpoints: checkpoints,
            database: ["", "-wal"].reduce(0) { $0 + size(URL(fileURLWithPath: databaseFile.path + $1)) },
            logs: files.reduce(0) { $0 + size($1) })
    }

    /// Checkpoints of ended runs that nothing needs: all but the newest one, the newest one of the run's length, those of lengths at
    /// which it was completed, and those kept by `checkpoint_every`.
    /// - Parameter alsoKept: whether those kept by `checkpoint_every` are superfluous too.
    public func superfluousCheckpoints(of runs: [String], alsoKept: Bool) throws -> [SuperfluousCheckpoint] {
        try database.read { db in try superfluousCheckpoints(of: runs, alsoKept: alsoKept, db) }
    }

    private func superfluousCheckpoints(of runs: [String], alsoKept: Bool, _ db: Database) throws -> [SuperfluousCheckpoint] {
        let list = String(decoding: try JSONEncoder().encode(runs), as: UTF8.self)
        return try Row.fetchAll(
            db,
            sql: """
                SELECT c.run_id, c.file, c.bytes FROM checkpoints c JOIN runs r ON r.id = c.run_id
                WHERE c.run_id IN (SELECT value FROM json_each(?1)) AND r.state IN ('completed', 'failed', 'diverged', 'cancelled')
                    AND (c.kept = 0 OR ?2)
                    AND (c.epoch, c.batch) <> (SELECT epoch, batch FROM checkpoints
                        WHERE run_id = c.run_id ORDER BY epoch DESC, batch DESC LIMIT 1)
                    AND (c.epoch, c.batch) IS NOT (SELECT epoch, batch FROM checkpoints
                        WHERE run_id = c.run_id AND (epoch, batch) <= (r.epochs, 0) ORDER BY epoch DESC, batch DESC LIMIT 1)
                    AND NOT (c.batch = 0 AND EXISTS (SELECT 1 FROM completions WHERE run_id = c.run_id AND epochs = c.epoch))
                ORDER BY r.number, c.epoch, c.batch
                """, arguments: [list, alsoKept]
        ).map { SuperfluousCheckpoint(run: $0["run_id"], file: $0["file"], bytes: $0["bytes"]) }
    }

    /// Removes the superfluous checkpoints of runs: their records, then their files. Returns them. A run that was queued meanwhile keeps
    /// its own.
    public func removeSuperfluousCheckpoints(of runs: [String], alsoKept: Bool) throws -> [SuperfluousCheckpoint] {
        let removed = try database.write { db in
            let all = try superfluousCheckpoints(of: runs, alsoKept: alsoKept, db)
            for checkpoint in all {
                try db.execute(
                    cached: "DELETE FROM checkpoints WHERE run_id = ? AND file = ?", arguments: [checkpoint.run, checkpoint.file])
            }
            return all
        }
        for checkpoint in removed { try? FileManager.default.removeItem(at: url(ofCheckpoint: checkpoint.file)) }
        return removed
    }
}
