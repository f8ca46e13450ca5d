import Foundation
import GRDB
import Specs

/// Selects the runs of a listing. A criterion that is nil selects all.
public struct RunFilter: Sendable {
    public var experiment: String?
    public var state: RunState?
    public var ids: [String]?
    /// The maximum number of runs. They are then in order of interest: those that run, those that wait in the order in which they
    /// will start, paused, failed, diverged and cancelled ones, completed ones.
    public var limit: Int?

    public init(experiment: String? = nil, state: RunState? = nil, ids: [String]? = nil, limit: Int? = nil) {
        (self.experiment, self.state, self.ids, self.limit) = (experiment, state, ids, limit)
    }

    /// The condition on a row of `runs`. It contains only the given criteria, so that an index can be used.
    fileprivate var condition: String {
        var parts = ["true"]
        if state != nil { parts.append("state = :state") }
        if ids != nil { parts.append("id IN (SELECT value FROM json_each(:ids))") }
        if experiment != nil {
            parts.append(
                "id IN (SELECT run_id FROM experiment_runs WHERE experiment_id = (SELECT id FROM experiments WHERE name = :experiment))"
            )
        }
        return parts.joined(separator: " AND ")
    }

    fileprivate var arguments: StatementArguments {
        get throws {
            var values: [String: (any DatabaseValueConvertible)?] = [:]
            if let state { values["state"] = state }
            if let ids { values["ids"] = String(decoding: try JSONEncoder().encode(ids), as: UTF8.self) }
            if let experiment { values["experiment"] = experiment }
            return StatementArguments(values)
        }
    }

    fileprivate func check(_ db: Database) throws {
        guard let experiment else { return }
        let sql = "SELECT EXISTS (SELECT 1 FROM experiments WHERE name = ?)"
        guard try Bool.fetchOne(db, sql: sql, arguments: [experiment]) != true else { return }
        let known = try String.fetchAll(db, sql: "SELECT name FROM experiments ORDER BY id")
        throw LabError.noSuchExperiment(experiment, known: known)
    }
}

extension Lab {
    /// The selected runs in order of submission, unless their number is limited. Throws `damaged` if one of them cannot be read.
    public func runs(_ filter: RunFilter = RunFilter()) throws -> [RunSummary] {
        let (runs, unreadable) = try listing(filter)
        if let error = unreadable.first { throw error }
        return runs
    }

    /// The same without the unreadable runs, for each of which an error is returned.
    public func listing(_ filter: RunFilter = RunFilter()) throws -> (runs: [RunSummary], unreadable: [LabError]) {
        try database.read { db in
            try filter.check(db)
            var chosen = "SELECT number FROM runs WHERE " + filter.condition
            var arguments = try filter.arguments
            if let limit = filter.limit {
                chosen += " ORDER BY \(Self.byInterest) LIMIT :limit"
                arguments += ["limit": limit]
            }
            let order = filter.limit == nil ? "r.number" : Self.byInterest
            var runs: [RunSummary] = [], unreadable: [LabError] = []
            let rows = try Row.fetchCursor(
                db, sql: Self.summaries + " (" + chosen + ") ORDER BY " + order, arguments: arguments)
            while let row = try rows.next() {
                do { runs.append(try RunSummary(row)) } catch let error as LabError { unreadable.append(error) }
            }
            return (runs, unreadable)
        }
    }

    private static let byInterest = """
        CASE state WHEN 'running' THEN 0 WHEN 'queued' THEN 1 WHEN 'paused' THEN 2 WHEN 'completed' THEN 4 ELSE 3 END,
            CASE state WHEN 'queued' THEN -priority ELSE 0 END, number
        """

    private static let summaries = """
        SELECT r.*, e.loss, e.train_accuracy, e.test_accuracy, e.seconds,
            (SELECT avg(seconds) FROM (SELECT seconds FROM epochs WHERE run_id = r.id ORDER BY epoch DESC LIMIT 5))
                AS seconds_per_epoch,
            (SELECT json_group_array(name) FROM (SELECT x.name FROM experiment_runs m
                JOIN experiments x ON x.id = m.experiment_id WHERE m.run_id = r.id ORDER BY x.id)) AS experiments,
            (SELECT json_group_array(tag) FROM (SELECT tag FROM tags WHERE run_id = r.id ORDER BY tag)) AS tags,
            (SELECT json_group_array(arithmetic) FROM (SELECT arithmetic FROM attempts WHERE run_id = r.id
                GROUP BY arithmetic ORDER BY min(number))) AS kernels
        FROM runs r LEFT JOIN epochs e ON e.run_id = r.id AND e.epoch = r.epoch
        WHERE r.number IN
        """

    /// The id of the run with this id or unambiguous prefix of it.
    public func run(named name: String) throws -> String {
        try database.read { db in
            let pattern = name.lowercased()
            // A range, for which the index on ids is used: ~ is greater than all hexadecimal digits.
            let matches = try String.fetchAll(
                db, sql: "SELECT id FROM runs WHERE id >= ?1 AND id < ?1 || '~' ORDER BY number LIMIT 100",
                arguments: [pattern]
            ).filter(\.isRunID)
            if pattern.isEmpty || matches.isEmpty { throw LabError.noSuchRun(name) }
            if matches.count > 1 { throw LabError.ambiguousRun(name, matches: matches) }
            return matches[0]
        }
    }

    /// The number of selected runs in each state.
    public func stateCounts(_ filter: RunFilter = RunFilter()) throws -> [RunState: Int] {
        try database.read { db in
            try filter.check(db)
            let sql = "SELECT state, count(*) AS n FROM runs WHERE " + filter.condition + " GROUP BY state"
            let rows = try Row.fetchAll(db, sql: sql, arguments: try filter.arguments)
            return Dictionary(uniqueKeysWithValues: try rows.map { (try RunState(column: $0["state"]), $0["n"] as Int) })
        }
    }
}
