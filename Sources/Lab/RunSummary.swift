import GRDB
import Specs

/// A run as people see it: its row, its latest epoch and its attempts.
public struct RunSummary: Sendable {
    public let id: String
    public let experiments: [String]
    public let tags: [String]
    public let settings: Settings
    public let state: RunState
    public let request: RunRequest?
    public let priority: Int
    /// Epochs done, and epochs wanted.
    public let epoch: Int
    public let epochs: Int
    /// The latest epoch's row.
    public let latest: EpochRow?
    /// Mean over the last few epochs.
    public let secondsPerEpoch: Double?
    public let attempts: Int
    public let error: String?
    public let final: FinalFigures?
    public let datasetDigest: String
    /// Every BLAS kernel that the run was trained under: with more than one, its bits are nobody else's.
    public let blasKernels: [String]

    public var model: String { settings.model }
    public var secondsLeft: Double? {
        state.isEnded ? nil : secondsPerEpoch.map { $0 * Double(max(0, epochs - epoch)) }
    }
}

/// A line of a run's history.
public struct EventRow: Sendable {
    /// Milliseconds since 1970.
    public let at: Int64
    public let attempt: Int?
    public let kind: String
    public let detail: String?
}

/// One start of a run.
public struct AttemptRow: Sendable {
    public let number: Int
    public let worker: String
    public let blasKernel: String
    public let threads: Int
    public let startedAt: Int64
    public let endedAt: Int64?
    public let outcome: String?
}

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
                        (SELECT group_concat(x.name, char(10)) FROM experiment_runs m JOIN experiments x ON x.id = m.experiment_id
                            WHERE m.run_id = r.id) AS experiments,
                        (SELECT group_concat(tag, char(10)) FROM tags WHERE run_id = r.id) AS tags,
                        (SELECT group_concat(DISTINCT blas_kernel) FROM attempts WHERE run_id = r.id) AS kernels
                    FROM runs r LEFT JOIN epochs e ON e.run_id = r.id AND e.epoch = r.epoch
                    WHERE (:state IS NULL OR r.state = :state)
                        AND (:experiment IS NULL OR r.id IN (SELECT m.run_id FROM experiment_runs m
                            JOIN experiments x ON x.id = m.experiment_id WHERE x.name = :experiment))
                        AND (:ids IS NULL OR r.id IN (SELECT value FROM json_each(:ids)))
                    ORDER BY r.number
                    """,
                arguments: [
                    "state": filter.state, "experiment": filter.experiment,
                    "ids": filter.ids.map { ids in "[" + ids.map { "\"\($0)\"" }.joined(separator: ",") + "]" },
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

    /// A run's curve, epoch by epoch.
    public func epochs(of run: String) throws -> [EpochRow] {
        try database.read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM epochs WHERE run_id = ? ORDER BY epoch", arguments: [run])
                .compactMap(EpochRow.init)
        }
    }

    /// A run's history, oldest first.
    public func events(of run: String) throws -> [EventRow] {
        try database.read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM events WHERE run_id = ? ORDER BY id", arguments: [run]).map {
                EventRow(at: $0["at"], attempt: $0["attempt"], kind: $0["kind"], detail: $0["detail"])
            }
        }
    }

    /// The starts of a run.
    public func attempts(of run: String) throws -> [AttemptRow] {
        try database.read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM attempts WHERE run_id = ? ORDER BY number", arguments: [run]).map {
                AttemptRow(
                    number: $0["number"], worker: $0["worker"], blasKernel: $0["blas_kernel"], threads: $0["threads"],
                    startedAt: $0["started_at"], endedAt: $0["ended_at"], outcome: $0["outcome"])
            }
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

extension EpochRow {
    fileprivate init?(_ row: Row) {
        guard let loss = row["loss"] as Double? else { return nil }
        self.init(
            epoch: row["epoch"], loss: loss, trainAccuracy: row["train_accuracy"], testAccuracy: row["test_accuracy"],
            seconds: row["seconds"])
    }
}

extension RunSummary {
    fileprivate init(_ row: Row) throws {
        let list = { (column: String) in (row[column] as String?)?.split(separator: "\n").map(String.init) ?? [] }
        id = row["id"]
        experiments = list("experiments")
        tags = list("tags")
        settings = try Settings(canonicalJSON: row["settings"])
        state = row["state"]
        request = row["request"]
        priority = row["priority"]
        epoch = row["epoch"]
        epochs = row["epochs"]
        latest = EpochRow(row)
        secondsPerEpoch = row["seconds_per_epoch"]
        attempts = row["attempt"]
        error = row["error"]
        final = (row["weights_sha256"] as String?).map {
            FinalFigures(trainAccuracy: row["final_train_accuracy"], testAccuracy: row["final_test_accuracy"], weightsSHA256: $0)
        }
        datasetDigest = row["dataset_digest"]
        blasKernels = (row["kernels"] as String?)?.split(separator: ",").map(String.init) ?? []
    }
}
