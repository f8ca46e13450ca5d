import Foundation
import GRDB
import Specs

/// A run to be queued: its settings and the digest of its data set.
public struct RunToSubmit: Sendable {
    public let settings: Settings
    public let datasetDigest: String

    public init(_ settings: Settings, datasetDigest: String) {
        self.settings = settings
        self.datasetDigest = datasetDigest
    }

    /// Sixteen hexadecimal digits of the identity's digest.
    public var id: String { String(settings.runIdentity(datasetDigest: datasetDigest).prefix(16)) }
}

/// Runs to be queued under a name.
public struct ExperimentToSubmit: Sendable {
    let name: String
    let description: String?
    let runs: [RunToSubmit]
    let search: Search?

    /// - Parameter search: the search that the runs are the trials of, in their order.
    public init(_ name: String, description: String?, runs: [RunToSubmit], search: Search? = nil) {
        (self.name, self.description, self.runs, self.search) = (name, description, runs, search)
    }
}

/// What `submit` did with a run.
public enum SubmissionOutcome: Sendable, Equatable {
    case queued
    /// The run exists; nothing was queued.
    case found(RunState)
    /// The run exists and stays longer than this experiment wishes: so many epochs are trained, or another experiment wishes them.
    case longer(epochs: Int, RunState)
    /// The run has more epochs to train. In an ended state it continues only when it is retried.
    case extended(from: Int, RunState)
    /// The experiment wished more epochs before. `to` may be more than it wishes now, see `longer`.
    case shortened(from: Int, to: Int, RunState)
}

extension Lab {
    /// Queues the runs of experiments in one transaction: all of them or, on an error, none. An outcome for each, in the same
    /// order.
    ///
    /// Runs of an experiment that differ only in their epochs are one run: the longest is queued, and the others find it. An experiment
    /// that is submitted again replaces its own wish for the length of its runs. A given priority also applies to runs that exist
    /// already.
    public func submit(
        _ experiments: [ExperimentToSubmit], priority: Int? = nil, tags: [String] = []
    ) throws -> [[(id: String, outcome: SubmissionOutcome)]] {
        try database.write { db in try experiments.map { try submit(db, $0, priority, tags) } }
    }

    private func submit(
        _ db: Database, _ experiment: ExperimentToSubmit, _ priority: Int?, _ tags: [String]
    ) throws -> [(id: String, outcome: SubmissionOutcome)] {
        let runs = experiment.runs, ids = runs.map(\.id)
        var longest: [String: Int] = [:]
        for (index, id) in ids.enumerated() {
            if let other = longest[id], runs[other].settings.epochs >= runs[index].settings.epochs { continue }
            longest[id] = index
        }
        try checkSearch(of: experiment, db)
        try db.execute(
            sql: """
                INSERT INTO experiments (name, description, submitted_at, search) VALUES (?, ?, ?, ?)
                ON CONFLICT (name) DO UPDATE SET description = coalesce(excluded.description, description)
                """, arguments: [experiment.name, experiment.description, clock.now(), experiment.search?.canonicalSpace])
        let number = try Int64.fetchOne(db, sql: "SELECT id FROM experiments WHERE name = ?", arguments: [experiment.name])
        if experiment.search != nil, let number { try storeTrials(ids, number, db) }
        var outcomes: [Int: SubmissionOutcome] = [:]
        for (index, id) in ids.enumerated() where longest[id] == index {
            outcomes[index] = try submit(db, runs[index], id: id, priority: priority, experiment: number)
            for tag in tags {
                try db.execute(cached: "INSERT OR IGNORE INTO tags (run_id, tag) VALUES (?, ?)", arguments: [id, tag])
            }
        }
        if experiment.search != nil, let number { try settleSearch(number, db) }
        return try ids.enumerated().map { index, id in (id, try outcomes[index] ?? .found(state(of: id, db))) }
    }

    /// Queues a run, changes the length of an existing one, or finds it unchanged.
    private func submit(_ db: Database, _ run: RunToSubmit, id: String, priority: Int?, experiment: Int64?) throws
        -> SubmissionOutcome
    {
        let known = try db.cachedStatement(sql: "SELECT epochs, dataset, settings, dataset_digest FROM runs WHERE id = ?")
        guard let row = try Row.fetchOne(known, arguments: [id]) else {
            try insert(run, id: id, priority: priority, db)
            try wish(run.settings.epochs, for: id, experiment, db)
            try settleRung(of: id, db)
            return .queued
        }
        if let priority {
            try db.execute(cached: "UPDATE runs SET priority = ? WHERE id = ?", arguments: [priority, id])
        }
        // Settings that are not part of the identity, such as `checkpoint_every`, are taken from the latest spec, unless another experiment
        // wishes a longer run. This also repairs damaged settings, and gives the run the new place of own data that was moved.
        let epochs: Int = row["epochs"], wished = run.settings.epochs
        var settings = run.settings
        settings.epochs = epochs
        let text = settings.canonicalJSON
        let isMoved = settings.dataset.folder != nil && row["dataset"] != settings.dataset.name
        if wished >= epochs || isMoved, row["settings"] != text || row["dataset_digest"] != run.datasetDigest {
            try db.execute(
                cached: "UPDATE runs SET dataset = ?, settings = ?, dataset_digest = ? WHERE id = ?",
                arguments: [settings.dataset.name, text, run.datasetDigest, id])
        }
        try wish(wished, for: id, experiment, db)
        try settleRung(of: id, db)
        let change = try settleLength(of: id, db), state = try state(of: id, db)
        return switch change {
        case .extended(let from, _): .extended(from: from, state)
        case .shortened(let from, let to): .shortened(from: from, to: to, state)
        case .none: epochs > wished ? .longer(epochs: epochs, state) : .found(state)
        }
    }

    /// Inserts the row of a new run. Its attempts continue after those of a removed run with the same id.
    func insert(_ run: RunToSubmit, id: String, priority: Int?, _ db: Database) throws {
        let settings = run.settings
        try db.execute(
            cached: """
                INSERT INTO runs (id, model, dataset, seed, settings, dataset_digest, priority, epochs, submitted_at, attempt)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, coalesce((SELECT attempt FROM removed_runs WHERE run_id = ?1), 0))
                """,
            arguments: [
                id, settings.model, settings.dataset.name, settings.seed, settings.canonicalJSON, run.datasetDigest,
                priority ?? 0, settings.epochs, clock.now(),
            ])
        try db.execute(cached: "DELETE FROM removed_runs WHERE run_id = ?", arguments: [id])
        try event(db, run: id, "submitted")
    }

    /// Stores how long an experiment wishes a run to be.
    private func wish(_ epochs: Int, for run: String, _ experiment: Int64?, _ db: Database) throws {
        try db.execute(
            cached: """
                INSERT INTO experiment_runs (experiment_id, run_id, epochs) VALUES (?, ?, ?)
                ON CONFLICT (experiment_id, run_id) DO UPDATE SET epochs = excluded.epochs WHERE epochs <> excluded.epochs
                """, arguments: [experiment, run, epochs])
    }
}

extension RunState: DatabaseValueConvertible {}
extension RunRequest: DatabaseValueConvertible {}
