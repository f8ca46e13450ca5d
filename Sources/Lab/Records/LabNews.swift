import Foundation
import GRDB

/// What has changed in a lab since it was last looked at.
public struct LabNews: Sendable, Equatable {
    /// Runs whose state or history changed.
    public var runs: Set<String> = []
    /// New epochs of runs, oldest first.
    public var epochs: [String: [EpochRow]] = [:]
    /// Whether runs were submitted or removed, or changed in another way that no run tells.
    public var isListChanged = false
    /// The latest event of the lab.
    public var lastEvent: Int64 = 0
    /// The number of runs in each state.
    public var counts: [RunState: Int] = [:]

    /// Whether nothing visible has changed: after a heartbeat, for example.
    public var isEmpty: Bool { runs.isEmpty && epochs.isEmpty && !isListChanged }
}

/// Looks at a lab again and again, for changes by any process. Most looks cost one PRAGMA: nothing else is read while nothing is written.
///
/// Not thread-safe: one thread uses it.
public final class LabWatch {
    private let connection: DatabaseQueue
    private var version = -1
    private var event: Int64
    /// Of the runs in training: the epochs that were seen.
    private var seen: [String: Int] = [:]
    /// Of runs that a cluster's jobs have: where they were, as JSON. Nil before the first look.
    private var places: [String: String]?
    private var counts: [RunState: Int] = [:]

    /// Opens a connection of its own: SQLite counts on each connection the changes by others.
    /// - Parameter after: the event after which changes are news; nil for the latest one.
    public init(_ lab: Lab, after: Int64? = nil) throws {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(2)
        connection = try DatabaseQueue(path: lab.databaseFile.path, configuration: configuration)
        event = try connection.read { try after ?? Self.lastEvent($0) }
    }

    /// What is new; nil if nothing was written to the lab.
    public func look() throws -> LabNews? {
        let now = try connection.unsafeRead { try Int.fetchOne($0, sql: "PRAGMA data_version") ?? 0 }
        guard now != version else { return nil }
        let isFirst = version == -1
        version = now
        var news = try connection.read { try read($0) }
        // What was there before the first look is not news.
        if isFirst { news.epochs = [:] }
        return news
    }

    private func read(_ db: Database) throws -> LabNews {
        var news = LabNews()
        news.lastEvent = try Self.lastEvent(db)
        for row in try Row.fetchAll(db, sql: "SELECT run_id, kind FROM events WHERE id > ? ORDER BY id", arguments: [event]) {
            if let run = row["run_id"] as String? { news.runs.insert(run) }
            if ["submitted", "removed", "left"].contains(row["kind"] as String) { news.isListChanged = true }
        }
        // Every change of a state writes an event.
        let hasEvents = event != news.lastEvent
        event = news.lastEvent
        // Epochs write no event. Runs that are in training, and those that were at the last look, may have new ones.
        var running: [String: Int] = [:]
        for row in try Row.fetchAll(db, sql: "SELECT id, epoch FROM runs WHERE state = 'running'") {
            running[row["id"]] = row["epoch"]
        }
        var known = seen
        for run in running.keys where known[run] == nil { known[run] = 0 }
        for (run, epoch) in known {
            let last = try running[run] ?? Int.fetchOne(db, sql: "SELECT epoch FROM runs WHERE id = ?", arguments: [run]) ?? epoch
            guard last > epoch else { continue }
            // Of a run that has just been claimed, only what is recent: whoever shows it reads the rest.
            let from = seen[run] ?? max(0, last - 1)
            let isTrial = try Lab.isTrial(run, db)
            news.epochs[run] = try Row.fetchAll(
                db, sql: "SELECT * FROM epochs WHERE run_id = ? AND epoch > ? ORDER BY epoch LIMIT 1000", arguments: [run, from]
            ).compactMap { EpochRow($0, tellsTest: !isTrial) }
        }
        seen = running
        // Most changes of a job write no event either: its id, its node and why it waits.
        let places = try Self.places(db)
        if let before = self.places { news.runs.formUnion(places.keys.filter { places[$0] != before[$0] }) }
        self.places = places
        guard hasEvents || counts.isEmpty else {
            news.counts = counts
            return news
        }
        let sums = try Row.fetchAll(db, sql: "SELECT state, count(*) AS n FROM runs GROUP BY state")
        let now = Dictionary(uniqueKeysWithValues: try sums.map { (try RunState(column: $0["state"]), $0["n"] as Int) })
        if now != counts { news.isListChanged = true }
        counts = now
        news.counts = now
        return news
    }

    private static func places(_ db: Database) throws -> [String: String] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT m.run_id, json_array(s.job, m.node, m.reason) AS place
                FROM remote_attempts m INDEXED BY remote_attempts_under_way CROSS JOIN submissions s ON s.token = m.token
                WHERE m.ended_at IS NULL
                """)
        return Dictionary(rows.map { ($0["run_id"] as String, $0["place"] as String) }) { first, _ in first }
    }

    private static func lastEvent(_ db: Database) throws -> Int64 {
        try Int64.fetchOne(db, sql: "SELECT max(id) FROM events") ?? 0
    }
}
