import Foundation
import GRDB
import Specs

/// Which runs a listing shows; nil lets all through.
public struct RunFilter: Sendable {
    public var experiment: String?
    public var state: RunState?
    public var ids: [String]?

    public init(experiment: String? = nil, state: RunState? = nil, ids: [String]? = nil) {
        self.experiment = experiment
        self.state = state
        self.ids = ids
    }
}

extension Lab {
    /// The runs that a filter lets through, in order of submission.
    public func runs(_ filter: RunFilter = RunFilter()) throws -> [RunSummary] {
        try database.read { db in
            if let name = filter.experiment {
                let known = try String.fetchAll(db, sql: "SELECT name FROM experiments ORDER BY id")
                guard known.contains(name) else { throw LabError.noSuchExperiment(name, known: known) }
            }
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT r.*, e.loss, e.train_accuracy, e.test_accuracy, e.seconds,
                        (SELECT avg(seconds) FROM (SELECT seconds FROM epochs WHERE run_id = r.id ORDER BY epoch DESC LIMIT 5))
                            AS seconds_per_epoch,
                        (SELECT json_group_array(name) FROM (SELECT x.name FROM experiment_runs m
                            JOIN experiments x ON x.id = m.experiment_id WHERE m.run_id = r.id ORDER BY x.id)) AS experiments,
                        (SELECT json_group_array(tag) FROM (SELECT tag FROM tags WHERE run_id = r.id ORDER BY tag)) AS tags,
                        (SELECT json_group_array(arithmetic) FROM (SELECT arithmetic FROM attempts WHERE run_id = r.id
                            GROUP BY arithmetic ORDER BY min(number))) AS kernels
                    FROM runs r LEFT JOIN epochs e ON e.run_id = r.id AND e.epoch = r.epoch
                    WHERE (:state IS NULL OR r.state = :state)
                        AND (:experiment IS NULL OR r.id IN (SELECT m.run_id FROM experiment_runs m
                            JOIN experiments x ON x.id = m.experiment_id WHERE x.name = :experiment))
                        AND (:ids IS NULL OR r.id IN (SELECT value FROM json_each(:ids)))
                    ORDER BY r.number
                    """,
                arguments: [
                    "state": filter.state, "experiment": filter.experiment,
                    "ids": try filter.ids.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) },
                ])
            return try rows.map(RunSummary.init)
        }
    }

    /// The id of the run that `name`, an id or a beginning of one, names.
    public func run(named name: String) throws -> String {
        try database.read { db in
            let pattern = name.lowercased()
            let matches = try String.fetchAll(
                db, sql: "SELECT id FROM runs WHERE substr(id, 1, ?) = ? ORDER BY number LIMIT 100",
                arguments: [pattern.count, pattern])
            if pattern.isEmpty || matches.isEmpty { throw LabError.noSuchRun(name) }
            if matches.count > 1 { throw LabError.ambiguousRun(name, matches: matches) }
            return matches[0]
        }
    }

    /// How many runs are in each state.
    public func stateCounts() throws -> [RunState: Int] {
        try database.read { db in
            let rows = try Row.fetchAll(db, sql: "SELECT state, count(*) AS n FROM runs GROUP BY state")
            return Dictionary(uniqueKeysWithValues: rows.map { ($0["state"] as RunState, $0["n"] as Int) })
        }
    }
}
