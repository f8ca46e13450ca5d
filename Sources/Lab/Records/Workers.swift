import GRDB

/// A worker's hold on a run.
public struct WorkerRow: Sendable, Equatable {
    public let run: String
    public let attempt: Int
    /// The worker's process; 0 for a job of a cluster.
    public let process: Int
    /// Where the cluster's job trains it; nil for a process of this machine.
    public let remote: RemotePlace?
    public let threads: Int
    public let arithmetic: String
    /// Milliseconds since 1970.
    public let startedAt: Int64
    /// Seconds since it last renewed its lease; nil for a worker of another boot of the machine.
    public let silence: Double?
    /// Whether the process is known to have ended.
    public let isGone: Bool
}

/// An experiment and the states of its runs.
public struct ExperimentRow: Sendable, Equatable {
    public let name: String
    public let description: String?
    /// Milliseconds since 1970.
    public let submittedAt: Int64
    public let counts: [RunState: Int]
}

extension Lab {
    /// The workers that hold runs now, in the order in which they took them.
    public func workers() throws -> [WorkerRow] {
        let now = clock.uptime()
        return try database.read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT a.*,
                    """ + " " + RemotePlace.selection + """
                         AS remote FROM runs r JOIN attempts a ON a.run_id = r.id AND a.number = r.attempt
                        """ + " " + RemotePlace.joins + """
                             WHERE r.state = 'running' AND a.ended_at IS NULL ORDER BY a.started_at, a.run_id
                            """)
            return rows.map { row in
                let worker = WorkerIdentity(text: row["worker"]), heartbeat: Int64 = row["heartbeat"]
                let isHere = worker?.boot == WorkerIdentity.current.boot
                let remote = worker == nil ? RemotePlace(column: row["remote"], state: .running) : nil
                return WorkerRow(
                    run: row["run_id"], attempt: row["number"], process: Int(worker?.process ?? 0), remote: remote,
                    threads: row["threads"],
                    arithmetic: row["arithmetic"], startedAt: row["started_at"],
                    silence: isHere ? Double(max(0, now &- heartbeat)) / 1000 : nil,
                    isGone: remote == nil && worker?.isGone ?? true)
            }
        }
    }

    /// All experiments, the latest first.
    public func experiments() throws -> [ExperimentRow] {
        try database.read { db in
            var counts: [Int64: [RunState: Int]] = [:]
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT m.experiment_id, r.state, count(*) AS n FROM experiment_runs m JOIN runs r ON r.id = m.run_id
                    GROUP BY m.experiment_id, r.state
                    """)
            while let row = try rows.next() {
                counts[row["experiment_id"], default: [:]][try RunState(column: row["state"])] = row["n"]
            }
            return try Row.fetchAll(db, sql: "SELECT * FROM experiments ORDER BY submitted_at DESC, id DESC").map { row in
                ExperimentRow(
                    name: row["name"], description: row["description"], submittedAt: row["submitted_at"],
                    counts: counts[row["id"]] ?? [:])
            }
        }
    }
}

extension Lab {
    /// The number of epochs of all runs, and of ended attempts by the kind of their outcome.
    public func totals() throws -> (epochs: Int, outcomes: [String: Int]) {
        try database.read { db in
            let epochs = try Int.fetchOne(db, sql: "SELECT sum(epoch) FROM runs") ?? 0
            var outcomes: [String: Int] = [:]
            let rows = try Row.fetchAll(
                db, sql: "SELECT outcome, count(*) AS n FROM attempts WHERE outcome IS NOT NULL GROUP BY outcome")
            for row in rows {
                // An error follows a colon.
                let kind = (row["outcome"] as String).prefix { $0 != ":" }
                outcomes[String(kind), default: 0] += row["n"]
            }
            return (epochs, outcomes)
        }
    }
}
