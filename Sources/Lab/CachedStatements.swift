import GRDB

extension Database {
    /// Executes a statement that comes again and again, as for every run of a submission: it is compiled once for a connection,
    /// for that takes longer than to execute it.
    func execute(cached sql: String, arguments: StatementArguments) throws {
        try cachedStatement(sql: sql).execute(arguments: arguments)
    }
}
