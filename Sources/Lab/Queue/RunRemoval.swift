import Foundation
import GRDB

/// What `Lab.remove` did.
public struct RemovedRuns: Sendable, Equatable {
    /// Runs that are no longer in the lab.
    public var removed: [String] = []
    /// Runs that only left the experiment, because another one holds them too.
    public var left: [String] = []
    /// Bytes of the checkpoints that were removed, as recorded.
    public var bytes: Int64 = 0

    public init() {}
}

extension Lab {
    /// Removes runs from the lab, with their checkpoints and logs. With `experiment`, runs that another experiment holds too only leave
    /// it, and get the length that the others wish.
    ///
    /// The worker of a running run finds its attempt superseded within a second, and writes nothing more. If a removed run is submitted
    /// again, its attempts continue after the removed ones.
    /// Runs are removed in several transactions, so that workers need not wait: after an interruption, repeat the call.
    public func remove(runs: [String], from experiment: String? = nil) throws -> RemovedRuns {
        var all = RemovedRuns()
        for start in stride(from: 0, to: runs.count, by: Self.removedAtOnce) {
            let part = Array(runs[start..<min(start + Self.removedAtOnce, runs.count)])
            let done = try database.write { db in try remove(part, from: experiment, db) }
            for run in done.removed { try removeFiles(of: run) }
            all.removed += done.removed
            all.left += done.left
            all.bytes += done.bytes
        }
        try database.write { db in
            let isEmpty = "NOT EXISTS (SELECT 1 FROM experiment_runs m WHERE m.experiment_id = experiments.id)"
            try db.execute(sql: "DELETE FROM trials WHERE experiment_id IN (SELECT id FROM experiments WHERE " + isEmpty + ")")
            try db.execute(sql: "DELETE FROM experiments WHERE " + isEmpty)
            // The others of a search need not wait for a removed trial.
            for run in all.removed { try settleSearches(of: run, db) }
        }
        return all
    }

    private static let removedAtOnce = 250

    private func remove(_ runs: [String], from experiment: String?, _ db: Database) throws -> RemovedRuns {
        var result = RemovedRuns()
        let known = try Row.fetchAll(
            db, sql: "SELECT id, attempt, model, dataset, seed FROM runs WHERE id IN (SELECT value FROM json_each(?))",
            arguments: [try Self.list(runs)])
        for row in known {
            let run: String = row["id"]
            if let experiment, try leave(experiment, run, db) {
                result.left.append(run)
                continue
            }
            try db.execute(
                cached: "INSERT OR REPLACE INTO removed_runs (run_id, attempt, removed_at) VALUES (?, ?, ?)",
                arguments: [run, row["attempt"] as Int, clock.now()])
            result.removed.append(run)
        }
        let list = try Self.list(result.removed)
        result.bytes =
            try Int64.fetchOne(
                db, sql: "SELECT sum(bytes) FROM checkpoints WHERE run_id IN (SELECT value FROM json_each(?))", arguments: [list])
            ?? 0
        for table in Self.ownedTables + ["experiment_runs"] {
            try db.execute(
                sql: "DELETE FROM " + table + " WHERE run_id IN (SELECT value FROM json_each(?))", arguments: [list])
        }
        try db.execute(sql: "DELETE FROM runs WHERE id IN (SELECT value FROM json_each(?))", arguments: [list])
        let removed = Set(result.removed)
        for row in known where removed.contains(row["id"]) {
            let what = "\(row["model"] as String), \(row["dataset"] as String), seed \(row["seed"] as Int)"
            try event(db, run: nil, attempt: row["attempt"], "removed", "run \(row["id"] as String), \(what)")
        }
        return result
    }

    /// Takes a run out of an experiment if another one holds it too. Returns whether it did.
    private func leave(_ experiment: String, _ run: String, _ db: Database) throws -> Bool {
        let isShared = try Bool.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT EXISTS (SELECT 1 FROM experiment_runs m JOIN experiments x ON x.id = m.experiment_id
                        WHERE m.run_id = ? AND x.name <> ?)
                    """), arguments: [run, experiment])
        guard isShared == true else { return false }
        try db.execute(
            cached:
                "DELETE FROM experiment_runs WHERE run_id = ? AND experiment_id = (SELECT id FROM experiments WHERE name = ?)",
            arguments: [run, experiment])
        try event(db, run: run, "left", "experiment \(experiment)")
        _ = try settleLength(of: run, db)
        try settleRung(of: run, db)
        return true
    }

    private static func list(_ runs: [String]) throws -> String {
        String(decoding: try JSONEncoder().encode(runs), as: UTF8.self)
    }

    /// Removes a run's checkpoints and its log, unless it was submitted again meanwhile. Errors are ignored: `doctor` finds what is left.
    private func removeFiles(of run: String) throws {
        guard run.isRunID, try states(of: [run]).isEmpty else { return }
        try? FileManager.default.removeItem(at: checkpoints.appending(path: run))
        try? FileManager.default.removeItem(at: logs.appending(path: "\(run).log"))
    }
}
