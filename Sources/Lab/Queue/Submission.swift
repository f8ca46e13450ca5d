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

    public init(_ name: String, description: String?, runs: [RunToSubmit]) {
        (self.name, self.description, self.runs) = (name, description, runs)
    }
}

/// What `submit` did with a run.
public enum SubmissionOutcome: Sendable, Equatable {
    case queued
    /// The run exists; nothing was queued.
    case found(RunState)
    /// The run has more epochs to train. In an ended state it continues only when it is retried.
    case extended(from: Int, RunState)
}

extension Lab {
    /// Queues the runs of experiments in one transaction: all of them or, on an error, none. An outcome for each, in the same
    /// order.
    ///
    /// Runs of an experiment that differ only in their epochs are one run: the longest is queued, and the others find it. A given
    /// priority also applies to runs that exist already.
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
        try db.execute(
            sql: """
                INSERT INTO experiments (name, description, submitted_at) VALUES (?, ?, ?)
                ON CONFLICT (name) DO UPDATE SET description = coalesce(excluded.description, description)
                """, arguments: [experiment.name, experiment.description, clock.now()])
        let number = try Int64.fetchOne(db, sql: "SELECT id FROM experiments WHERE name = ?", arguments: [experiment.name])
        var outcomes: [Int: SubmissionOutcome] = [:]
        for (index, id) in ids.enumerated() where longest[id] == index {
            outcomes[index] = try submit(db, runs[index], id: id, priority: priority)
            try db.execute(
                cached: "INSERT OR IGNORE INTO experiment_runs (experiment_id, run_id) VALUES (?, ?)", arguments: [number, id])
            for tag in tags {
                try db.execute(cached: "INSERT OR IGNORE INTO tags (run_id, tag) VALUES (?, ?)", arguments: [id, tag])
            }
        }
        return try ids.enumerated().map { index, id in (id, try outcomes[index] ?? .found(state(of: id, db))) }
    }

    /// Queues a run, extends an existing one, or finds it unchanged.
    func submit(_ db: Database, _ run: RunToSubmit, id: String, priority: Int?) throws -> SubmissionOutcome {
        let settings = run.settings, text = settings.canonicalJSON
        let known = try db.cachedStatement(sql: "SELECT state, epochs, settings, dataset_digest FROM runs WHERE id = ?")
        guard let row = try Row.fetchOne(known, arguments: [id]) else {
            try db.execute(
                cached: """
                    INSERT INTO runs (id, model, dataset, seed, settings, dataset_digest, priority, epochs, submitted_at)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    id, settings.model, settings.dataset.name, settings.seed, text, run.datasetDigest,
                    priority ?? 0, settings.epochs, clock.now(),
                ])
            try event(db, run: id, "submitted")
            return .queued
        }
        let state = try RunState(column: row["state"]), epochs: Int = row["epochs"]
        if let priority {
            try db.execute(cached: "UPDATE runs SET priority = ? WHERE id = ?", arguments: [priority, id])
        }
        guard settings.epochs > epochs else {
            // Settings that are not part of the identity, such as `checkpoint_every`, are taken from the latest spec. This also repairs
            // damaged settings.
            if settings.epochs == epochs, row["settings"] != text || row["dataset_digest"] != run.datasetDigest {
                try db.execute(
                    cached: "UPDATE runs SET dataset = ?, settings = ?, dataset_digest = ? WHERE id = ?",
                    arguments: [settings.dataset.name, text, run.datasetDigest, id])
            }
            return .found(state)
        }
        // The state first: a constraint of the database requires that a completed run has all its epochs.
        try apply(.extended, to: id, db)
        try db.execute(
            sql: "UPDATE runs SET epochs = ?, dataset = ?, settings = ? WHERE id = ?",
            arguments: [settings.epochs, settings.dataset.name, text, id])
        try event(db, run: id, "extended", "from \(epochs) to \(settings.epochs) epochs")
        return .extended(from: epochs, try self.state(of: id, db))
    }
}

extension RunState: DatabaseValueConvertible {}
extension RunRequest: DatabaseValueConvertible {}
