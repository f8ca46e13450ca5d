import GRDB

extension Lab {
    /// A worker's write while it trains. Throws `superseded` and changes nothing once another attempt has the run.
    ///
    /// Waits for a busy database, five minutes in total: losing the epochs since the last checkpoint would cost more, and no other
    /// worker can take the run meanwhile.
    func fencedWrite<T>(run: String, attempt: Int, _ body: (Database) throws -> T) throws -> T {
        for _ in 1..<Self.busyTries {
            do {
                return try fencedWriteOnce(run: run, attempt: attempt, body)
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
                continue
            }
        }
        return try fencedWriteOnce(run: run, attempt: attempt, body)
    }

    /// The same without retries, for callers that handle a busy database themselves.
    func fencedWriteOnce<T>(run: String, attempt: Int, _ body: (Database) throws -> T) throws -> T {
        try database.write { db in
            let holds = try Bool.fetchOne(
                db, sql: "SELECT EXISTS (SELECT 1 FROM runs WHERE id = ? AND attempt = ? AND state = 'running')",
                arguments: [run, attempt])
            guard holds == true else { throw LabError.superseded(run: run, attempt: attempt) }
            return try body(db)
        }
    }

    /// How many times a worker tries, each for the ten seconds after which SQLite reports a busy database.
    private static var busyTries: Int { 30 }
}
