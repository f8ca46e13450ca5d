import GRDB

extension Lab {
    private static let isOwnerless = " WHERE run_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM runs WHERE runs.id = run_id)"
    static let ownedTables = ["tags", "attempts", "epochs", "checkpoints", "completions", "events"]

    /// Removes a table's rows that belong to no run.
    func removeOwnerless(_ table: String, _ db: Database) throws {
        precondition(Self.ownedTables.contains(table), "no rows of \(table) belong to runs")
        try db.execute(sql: "DELETE FROM " + table + Self.isOwnerless)
    }

    /// Removes all rows of a missing run, so that it can be submitted again.
    func removeRest(of run: String, _ db: Database) throws {
        for table in Self.ownedTables + ["experiment_runs"] {
            try db.execute(sql: "DELETE FROM " + table + " WHERE run_id = ?", arguments: [run])
        }
    }
}
