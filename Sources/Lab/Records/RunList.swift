import GRDB

extension Lab {
    /// The selected runs in order of submission, unless their number is limited. Throws `damaged` if one of them cannot be read.
    public func runs(_ filter: RunFilter = RunFilter()) throws -> [RunSummary] {
        let (runs, unreadable, _) = try listing(filter)
        if let error = unreadable.first { throw error }
        return runs
    }

    /// The same without the unreadable runs, for each of which an error is returned, and the number of the last row that was read.
    public func listing(
        _ filter: RunFilter = RunFilter()
    ) throws -> (runs: [RunSummary], unreadable: [LabError], last: Int64?) {
        try database.read { db in
            let filter = try filter.resolved(db)
            var runs: [RunSummary] = [], unreadable: [LabError] = [], last: Int64?
            for part in filter.parts {
                let left = part.limit.map { $0 - runs.count - unreadable.count }
                if let left, left <= 0 { break }
                var chosen = "SELECT number FROM " + part.source + " WHERE " + part.condition
                var arguments = try part.arguments
                if let left {
                    chosen += " ORDER BY " + part.order + " LIMIT :limit"
                    arguments += ["limit": left]
                }
                let completions = try completions(of: chosen, arguments, db)
                let rows = try Row.fetchCursor(
                    db, sql: Self.summaries + " (" + chosen + ") ORDER BY " + part.order, arguments: arguments)
                while let row = try rows.next() {
                    last = row["number"]
                    do {
                        runs.append(try RunSummary(row, completions: completions[row["id"]] ?? []))
                    } catch let error as LabError { unreadable.append(error) }
                }
            }
            return (runs, unreadable, last)
        }
    }

    /// The completions of the chosen runs, by id, shortest first: in rows of their own, because SQLite rounds numbers in JSON.
    /// - Parameter chosen: SQL that selects the runs' numbers.
    private func completions(of chosen: String, _ arguments: StatementArguments, _ db: Database) throws -> [String: [Completion]]
    {
        var completions: [String: [Completion]] = [:]
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT c.*, x.loss FROM runs r JOIN completions c ON c.run_id = r.id
                    LEFT JOIN epochs x ON x.run_id = c.run_id AND x.epoch = c.epochs
                """ + " WHERE r.number IN (" + chosen + ") ORDER BY c.epochs", arguments: arguments)
        while let row = try rows.next() { completions[row["run_id"], default: []].append(Completion(row)) }
        return completions
    }

    private static let summaries = """
        SELECT r.*, e.loss, e.train_accuracy, e.test_accuracy, e.seconds, e.validation_accuracy,
            (SELECT avg(seconds) FROM (SELECT seconds FROM epochs WHERE run_id = r.id ORDER BY epoch DESC LIMIT 5))
                AS seconds_per_epoch,
            (SELECT json_group_array(name) FROM (SELECT x.name FROM experiment_runs m
                JOIN experiments x ON x.id = m.experiment_id WHERE m.run_id = r.id ORDER BY x.id)) AS experiments,
            (SELECT json_group_array(tag) FROM (SELECT tag FROM tags WHERE run_id = r.id ORDER BY tag)) AS tags,
            (SELECT json_group_array(arithmetic) FROM (SELECT arithmetic FROM attempts WHERE run_id = r.id
                GROUP BY arithmetic ORDER BY min(number))) AS kernels,
            \(trialCondition("r.id")) AS is_trial,
        """ + " " + RemotePlace.selection + """
             AS remote
            FROM runs r LEFT JOIN epochs e ON e.run_id = r.id
                AND e.epoch = CASE r.state WHEN 'completed' THEN min(r.epoch, r.epochs) ELSE r.epoch END
            """ + " " + RemotePlace.joins + " WHERE r.number IN"

    /// The id of the run with this id or unambiguous prefix of it.
    public func run(named name: String) throws -> String {
        try database.read { db in
            let pattern = name.lowercased()
            // A range, for which the index on ids is used: ~ is greater than all hexadecimal digits.
            let matches = try String.fetchAll(
                db, sql: "SELECT id FROM runs WHERE id >= ?1 AND id < ?1 || '~' ORDER BY number LIMIT 100",
                arguments: [pattern]
            ).filter(\.isRunID)
            if pattern.isEmpty { throw LabError.noSuchRun(name) }
            if matches.isEmpty { throw try Self.removed(pattern, db) ?? LabError.noSuchRun(name) }
            if matches.count > 1 { throw LabError.ambiguousRun(name, matches: matches) }
            return matches[0]
        }
    }

    private static func removed(_ pattern: String, _ db: Database) throws -> LabError? {
        try Row.fetchOne(
            db, sql: "SELECT run_id, removed_at FROM removed_runs WHERE run_id >= ?1 AND run_id < ?1 || '~' LIMIT 1",
            arguments: [pattern]
        ).map { .removedRun($0["run_id"], at: $0["removed_at"]) }
    }

    /// The number of selected runs in each state.
    public func stateCounts(_ filter: RunFilter = RunFilter()) throws -> [RunState: Int] {
        try database.read { db in
            let filter = try filter.resolved(db)
            let sql = "SELECT state, count(*) AS n FROM runs WHERE " + filter.condition + " GROUP BY state"
            let rows = try Row.fetchAll(db, sql: sql, arguments: try filter.arguments)
            return Dictionary(uniqueKeysWithValues: try rows.map { (try RunState(column: $0["state"]), $0["n"] as Int) })
        }
    }
}
