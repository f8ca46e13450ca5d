import GRDB
import Specs

extension Lab {
    /// Examines the database, without the files beside it. If SQLite's own check fails, nothing else is examined.
    public func damage() throws -> [Damage] {
        let faults = try integrityFaults()
        if !faults.isEmpty { return [.database(faults)] }
        return try database.read { db in
            try lostRuns(db) + namelessExperiments(db) + ownerlessRows(db)
                + abandoned(at: clock.uptime(), db).map { .abandoned(run: $0.run) }
                + unreadableRuns(db) + gaps(db)
        }
    }

    /// The faults that SQLite's own check finds; empty if there are none.
    func integrityFaults() throws -> [String] {
        // Uses the writing connection: on a read-only one SQLite does not check the CHECK constraints.
        try database.writeWithoutTransaction { db in
            try String.fetchAll(db, sql: "PRAGMA integrity_check(10)").filter { $0 != "ok" }
        }
    }

    private func lostRuns(_ db: Database) throws -> [Damage] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT m.run_id, x.name FROM experiment_runs m JOIN experiments x ON x.id = m.experiment_id
                WHERE NOT EXISTS (SELECT 1 FROM runs WHERE runs.id = m.run_id) GROUP BY m.run_id ORDER BY x.id, m.run_id
                """
        ).map { .lost(run: $0["run_id"], experiment: $0["name"]) }
    }

    private func namelessExperiments(_ db: Database) throws -> [Damage] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT experiment_id, count(*) AS runs FROM experiment_runs
                WHERE experiment_id NOT IN (SELECT id FROM experiments) GROUP BY experiment_id
                """
        ).map { .nameless(experiment: $0["experiment_id"], runs: $0["runs"]) }
    }

    private func ownerlessRows(_ db: Database) throws -> [Damage] {
        var rows: [String: Int] = [:]
        for row in try Row.fetchAll(db, sql: "PRAGMA foreign_key_check") { rows[row["table"], default: 0] += 1 }
        rows["experiment_runs"] = nil
        return rows.sorted { $0.key < $1.key }.map { .ownerless(table: $0.key, rows: $0.value) }
    }

    private func unreadableRuns(_ db: Database) throws -> [Damage] {
        var damage: [Damage] = []
        let rows = try Row.fetchCursor(db, sql: "SELECT id, settings, dataset_digest, epochs FROM runs ORDER BY number")
        while let row = try rows.next() {
            let id: String = row["id"]
            do {
                let settings = try Settings(canonicalJSON: row["settings"])
                if RunToSubmit(settings, datasetDigest: row["dataset_digest"]).id != id {
                    damage.append(.run(id, reason: "its settings and data set are not those that its id was made of"))
                } else if settings.epochs != row["epochs"] {
                    damage.append(.run(id, reason: "its settings and its row differ in their epochs"))
                }
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

    /// The number of epochs before the first one without a row.
    func wholeEpochs(of run: String, _ db: Database) throws -> Int {
        var whole = 0
        let epochs = try Int.fetchCursor(db, sql: "SELECT epoch FROM epochs WHERE run_id = ? ORDER BY epoch", arguments: [run])
        while let epoch = try epochs.next(), epoch == whole + 1 { whole = epoch }
        return whole
    }

    /// The settings in a run's row; nil if they cannot be read.
    public func settings(of run: String) throws -> Settings? {
        try database.read { db in
            try String.fetchOne(db, sql: "SELECT settings FROM runs WHERE id = ?", arguments: [run])
                .flatMap { try? Settings(canonicalJSON: $0) }
        }
    }

    /// All digests of a data set with which runs were submitted.
    public func digests(of dataset: DatasetName) throws -> [String] {
        try database.read { db in
            try String.fetchAll(
                db, sql: "SELECT DISTINCT dataset_digest FROM runs WHERE dataset = ?", arguments: [dataset.name])
        }
    }
}
