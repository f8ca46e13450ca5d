import Foundation
import GRDB
import Specs

/// Selects runs. A criterion that is nil or empty selects all; a run is selected if it satisfies every criterion.
public struct RunFilter: Sendable {
    public var experiment: String?
    /// Any of these states.
    public var states: [RunState]
    public var ids: [String]?
    /// Any of these tags.
    public var tags: [String]
    /// Any of these data sets.
    public var datasets: [String]
    /// Any of these models, such as LinearNet-PCN16, in upper or lower case.
    public var models: [String]
    /// All of these conditions on settings.
    public var conditions: [SettingCondition]
    /// The maximum number of runs. They are then in order of interest: those that run, those that wait in the order in which they
    /// will start, paused, failed, diverged and cancelled ones, completed ones.
    public var limit: Int?
    /// Whether a limited number of runs is in order of interest, or else in order of submission.
    public var isByInterest = true
    /// Only runs that were submitted after the one of this number.
    public var after: Int64?
    /// Whether the latest submitted runs come first.
    public var isNewestFirst = false

    public init(
        experiment: String? = nil, state: RunState? = nil, ids: [String]? = nil, tags: [String] = [], datasets: [String] = [],
        models: [String] = [], conditions: [SettingCondition] = [], limit: Int? = nil
    ) {
        (self.experiment, self.ids, self.tags, self.datasets, self.models) = (experiment, ids, tags, datasets, models)
        (self.conditions, self.limit) = (conditions, limit)
        states = state.map { [$0] } ?? []
    }

    /// The condition on a row of `runs`. It contains only the given criteria, so that an index can be used.
    var condition: String {
        var parts = ["true"]
        // A literal, so that the index of queued runs is used.
        if states == [.queued] { parts.append("state = 'queued'") } else if states.count == 1 { parts.append("state = :state") }
        if states.count > 1 { parts.append("state IN (SELECT value FROM json_each(:states))") }
        if ids != nil { parts.append("id IN (SELECT value FROM json_each(:ids))") }
        if !tags.isEmpty { parts.append("id IN (SELECT run_id FROM tags WHERE tag IN (SELECT value FROM json_each(:tags)))") }
        if !datasets.isEmpty { parts.append("dataset IN (SELECT value FROM json_each(:datasets))") }
        if !models.isEmpty { parts.append("lower(model) IN (SELECT lower(value) FROM json_each(:models))") }
        if experiment != nil {
            parts.append(
                "id IN (SELECT run_id FROM experiment_runs WHERE experiment_id = (SELECT id FROM experiments WHERE name = :experiment))"
            )
        }
        if after != nil { parts.append("number > :after") }
        return parts.joined(separator: " AND ")
    }

    /// The order of the selected rows of `runs`. That of queued ones is the order of their index.
    var order: String {
        if isNewestFirst { return "number DESC" }
        return states == [.queued] && limit != nil && isByInterest ? "priority DESC, number" : "number"
    }

    /// Where the rows are read: the index of queued runs has them in the order of claims. Other criteria may have better indices.
    var source: String {
        let isWholeQueue = ids == nil && experiment == nil && tags.isEmpty && after == nil
        return isWholeQueue && order != "number" && !isNewestFirst ? "runs INDEXED BY runs_in_queue" : "runs"
    }

    /// Filters that select the same runs, one after the other, each in an order in which an index has them.
    var parts: [RunFilter] {
        guard limit != nil, isByInterest, !isNewestFirst else { return [self] }
        return Self.byInterest.compactMap { group in
            var part = self
            part.states = states.isEmpty ? group : group.filter(states.contains)
            return part.states.isEmpty ? nil : part
        }
    }

    private static let byInterest: [[RunState]] = [
        [.running], [.queued], [.paused], [.failed, .diverged, .cancelled], [.waiting], [.completed], [.pruned],
    ]

    var arguments: StatementArguments {
        get throws {
            let list = { (values: [String]) in String(decoding: try JSONEncoder().encode(values), as: UTF8.self) }
            var values: [String: (any DatabaseValueConvertible)?] = [:]
            if states.count == 1, states != [.queued] { values["state"] = states[0] }
            if states.count > 1 { values["states"] = try list(states.map(\.rawValue)) }
            if let ids { values["ids"] = try list(ids) }
            if !tags.isEmpty { values["tags"] = try list(tags) }
            if !datasets.isEmpty { values["datasets"] = try list(datasets) }
            if !models.isEmpty { values["models"] = try list(models) }
            if let experiment { values["experiment"] = experiment }
            if let after { values["after"] = after }
            return StatementArguments(values)
        }
    }

    /// The filter for SQL alone: conditions on settings are replaced by the ids of the runs that satisfy them. Throws
    /// `noSuchExperiment`.
    func resolved(_ db: Database) throws -> RunFilter {
        try checkExperiment(db)
        guard !conditions.isEmpty else { return self }
        var matching: [String] = []
        let rows = try Row.fetchCursor(db, sql: "SELECT id, settings FROM runs WHERE " + condition, arguments: try arguments)
        while let row = try rows.next() {
            // Settings that cannot be read satisfy no condition.
            guard let settings = try? Settings(canonicalJSON: row["settings"]) else { continue }
            if conditions.allSatisfy({ $0.holds(for: settings) }) { matching.append(row["id"]) }
        }
        var filter = RunFilter(ids: matching, limit: limit)
        (filter.isByInterest, filter.isNewestFirst) = (isByInterest, isNewestFirst)
        return filter
    }

    private func checkExperiment(_ db: Database) throws {
        guard let experiment else { return }
        let sql = "SELECT EXISTS (SELECT 1 FROM experiments WHERE name = ?)"
        guard try Bool.fetchOne(db, sql: sql, arguments: [experiment]) != true else { return }
        let known = try String.fetchAll(db, sql: "SELECT name FROM experiments ORDER BY id")
        throw LabError.noSuchExperiment(experiment, known: known)
    }
}

extension Lab {
    /// The names of the own data sets that runs have, as the column `dataset` holds them.
    public func ownDatasets() throws -> [String] {
        try database.read { db in
            let sql = "SELECT DISTINCT dataset FROM runs WHERE substr(dataset, 1, length(?1)) = ?1"
            return try String.fetchAll(db, sql: sql, arguments: [DatasetName.pathPrefix])
        }
    }
}
