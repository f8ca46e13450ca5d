import GRDB

extension Database {
    /// Executes a statement that is used often, for example for every run of a submission. It is compiled once for each connection,
    /// because compiling takes longer than executing.
    func execute(cached sql: String, arguments: StatementArguments) throws {
        try cachedStatement(sql: sql).execute(arguments: arguments)
    }
}
