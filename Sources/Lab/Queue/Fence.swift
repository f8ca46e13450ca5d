import GRDB

extension Lab {
    /// A worker's write while it trains: nothing is changed, and `superseded` thrown, once another attempt has the run.
    ///
    /// A database that stays busy is waited for, five minutes in all: to lose the epochs since the last checkpoint would
    /// cost more, and nobody can take the run meanwhile.
    func write<T>(run: String, attempt: Int, _ body: (Database) throws -> T) throws -> T {
        for _ in 1..<Self.busyTries {
            do {
                return try writeOnce(run: run, attempt: attempt, body)
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
                continue
            }
        }
        return try writeOnce(run: run, attempt: attempt, body)
    }

    /// The same, for those who have their own way with a busy database.
    func writeOnce<T>(run: String, attempt: Int, _ body: (Database) throws -> T) throws -> T {
        try database.write { db in
            let holds = try Bool.fetchOne(
                db, sql: "SELECT EXISTS (SELECT 1 FROM runs WHERE id = ? AND attempt = ? AND state = 'running')",
                arguments: [run, attempt])
            guard holds == true else { throw LabError.superseded(run: run, attempt: attempt) }
            return try body(db)
        }
    }

    /// How often a worker waits for the ten seconds after which SQLite calls a database busy.
    private static var busyTries: Int { 30 }
}
