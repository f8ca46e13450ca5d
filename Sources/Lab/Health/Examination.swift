import GRDB
import Specs

extension Lab {
    /// What is not as it must be in the database, as far as the database alone can tell. Where SQLite's own check fails,
    /// nothing else is looked at.
    public func damage() throws -> [Damage] {
        let faults = try integrityFaults()
        if !faults.isEmpty { return [.database(faults)] }
        return try database.read { db in
            try lostRuns(db) + ownerlessRows(db) + abandoned(db).map { .abandoned(run: $0.run) } + unreadableRuns(db) + gaps(db)
        }
    }

    /// What SQLite's own check finds wrong in the database; empty where all is well.
    public func integrityFaults() throws -> [String] {
        // On the connection that writes: on one that only reads, SQLite leaves out the CHECK constraints.
        try database.writeWithoutTransaction { db in
            try String.fetchAll(db, sql: "PRAGMA integrity_check(10)").filter { $0 != "ok" }
        }
    }

    /// Ids of the runs that workers have now.
    public func runsAtWork() throws -> Set<String> {
        try database.read { try Set(String.fetchAll($0, sql: "SELECT id FROM runs WHERE state = 'running'")) }
    }

    private func lostRuns(_ db: Database) throws -> [Damage] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT x.name, count(*) AS runs FROM experiments x JOIN experiment_runs m ON m.experiment_id = x.id
                WHERE NOT EXISTS (SELECT 1 FROM runs WHERE runs.id = m.run_id) GROUP BY x.id
                """
        ).map { .lost(runs: $0["runs"], experiment: $0["name"]) }
    }

    private func ownerlessRows(_ db: Database) throws -> [Damage] {
        var rows: [String: Int] = [:]
        for row in try Row.fetchAll(db, sql: "PRAGMA foreign_key_check") { rows[row["table"], default: 0] += 1 }
        rows["experiment_runs"] = nil
        return rows.sorted { $0.key < $1.key }.map { .ownerless(table: $0.key, rows: $0.value) }
    }

    private func unreadableRuns(_ db: Database) throws -> [Damage] {
        var damage: [Damage] = []
        let rows = try Row.fetchCursor(db, sql: "SELECT id, settings, dataset_digest FROM runs ORDER BY number")
        while let row = try rows.next() {
            let id: String = row["id"]
            do {
                let settings = try Settings(canonicalJSON: row["settings"])
                if RunToSubmit(settings, datasetDigest: row["dataset_digest"]).id == id { continue }
                damage.append(.run(id, reason: "its settings and data set are not those that its id was made of"))
            } catch {
                damage.append(.run(id, reason: "its settings cannot be read: \(error)"))
            }
        }
        return damage
    }

    private func gaps(_ db: Database) throws -> [Damage] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT r.id, r.epoch FROM runs r LEFT JOIN epochs e ON e.run_id = r.id
                GROUP BY r.id HAVING r.epoch <> count(e.epoch) OR r.epoch <> coalesce(max(e.epoch), 0) ORDER BY r.number
                """)
        return try rows.map { .gap(run: $0["id"], epoch: $0["epoch"], whole: try wholeEpochs(of: $0["id"], db)) }
    }

    /// Epochs from the first up to the first that has no row.
    func wholeEpochs(of run: String, _ db: Database) throws -> Int {
        var whole = 0
        let epochs = try Int.fetchCursor(db, sql: "SELECT epoch FROM epochs WHERE run_id = ? ORDER BY epoch", arguments: [run])
        while let epoch = try epochs.next(), epoch == whole + 1 { whole = epoch }
        return whole
    }
}
