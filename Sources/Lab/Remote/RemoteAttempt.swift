import Foundation
import GRDB
import Specs

/// An attempt that a job of a cluster makes, from its submission until its end is on record.
public struct RemoteAttempt: Sendable, Equatable {
    public let run: String
    public let number: Int
    public let engine: String
    public let token: String
    /// The engine's id of the job array; nil until it is known.
    public let job: String?
    /// Of the job array.
    public let task: Int
    /// Order among the runs of the same task.
    public let place: Int
    /// The length that it trains to.
    public let epochs: Int
    public let submittedAt: Int64
    public let node: String?
    public let reason: String?
    /// The trainer's count of heartbeats as last seen, and when it was last seen to have changed, in milliseconds of the monotonic clock.
    public let beat: Int?
    public let beatAt: Int64?
    /// The start whose journal was read, and how many bytes of it.
    public let start: String?
    public let offset: Int?
    /// When the engine was first seen not to have the job any more, by the same clock.
    public let missingSince: Int64?
    /// What the lab wants of it.
    public let wish: Wish

    public enum Wish: Sendable, Equatable {
        /// The run waits for its job.
        case start
        /// The run is in training.
        case goOn
        /// It should stop at the next batch, with a checkpoint.
        case stop(StopReason)
        /// The run is removed, paused, cancelled or another attempt's: nothing of this one is wanted.
        case nothing
    }

    public enum StopReason: Sendable, Equatable {
        case asked(RunRequest)
        /// Fewer epochs are wanted.
        case shortened
        /// The run is to be trained elsewhere.
        case taken
    }
}

/// A run for which a job may be submitted.
public struct RemoteCandidate: Sendable {
    public let run: String
    public let settings: Settings
    public let datasetDigest: String
    /// Changes of the lab's settings for its jobs, each as key=value.
    public let settingChanges: [String]
    /// Epochs that have a row.
    public let epoch: Int
    /// The epoch at which it waits for its search; nil if it trains to its end.
    public let until: Int?
    /// Mean of its last epochs; nil before the first.
    public let secondsPerEpoch: Double?
    /// With which arithmetic it was trained last; nil before its first attempt.
    public let arithmetic: String?
    /// The node of its last attempt.
    public let node: String?
}

extension Lab {
    /// Gives runs to an engine, or back to workers of this machine (nil). Runs in training and ended ones are left out when they are given
    /// to an engine. Returns the runs that changed.
    /// - Parameter changes: of the lab's settings for their jobs, each as key=value.
    public func assign(_ runs: [String], to engine: String?, changes: [String] = []) throws -> [String] {
        let settings = changes.isEmpty ? nil : String(decoding: try JSONEncoder().encode(changes), as: UTF8.self)
        return try database.write { db in
            try runs.filter { run in
                let state = try state(of: run, db)
                let isGiven = try String.fetchOne(db, sql: "SELECT engine FROM runs WHERE id = ?", arguments: [run]) != nil
                if engine != nil, isGiven ? state.isEnded : state != .queued && state != .paused { return false }
                try db.execute(
                    cached:
                        "UPDATE runs SET engine = ?1, engine_settings = ?2 WHERE id = ?3 AND (engine IS NOT ?1 OR engine_settings IS NOT ?2)",
                    arguments: [engine, settings, run])
                guard db.changesCount > 0 else { return isGiven && engine != nil }
                try event(db, run: run, "assigned", engine.map { "to \($0)" } ?? "to workers of this machine")
                return true
            }
        }
    }

    /// Attempts whose end is not on record yet, in the order of their jobs.
    public func remoteAttempts() throws -> [RemoteAttempt] {
        try database.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT m.*, s.engine, s.job, s.submitted_at, r.state, r.attempt, r.request, r.epochs AS wanted, r.engine AS given
                    FROM remote_attempts m JOIN submissions s ON s.token = m.token LEFT JOIN runs r ON r.id = m.run_id
                    WHERE m.ended_at IS NULL ORDER BY s.submitted_at, m.token, m.task, m.place
                    """
            ).map(RemoteAttempt.init)
        }
    }

    /// Whether a run has no job of a cluster, which may train it still.
    static let hasNoJob =
        "NOT EXISTS (SELECT 1 FROM remote_attempts m WHERE m.run_id = runs.id AND m.ended_at IS NULL)"

    /// Queued runs of an engine that have no job, in the order in which they are to start.
    ///
    /// A run whose last attempts ended without a start waits before the next one: longer with each.
    /// - Parameter isImpatient: whether such runs do not wait.
    public func remoteCandidates(_ engine: String, limit: Int, isImpatient: Bool = false) throws -> [RemoteCandidate] {
        try database.read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT id, settings, dataset_digest, engine_settings, epoch, until,
                        (SELECT avg(seconds) FROM (SELECT seconds FROM epochs WHERE run_id = runs.id ORDER BY epoch DESC LIMIT 5))
                            AS seconds_per_epoch,
                        (SELECT arithmetic FROM attempts WHERE run_id = runs.id ORDER BY number DESC LIMIT 1) AS arithmetic,
                        (SELECT node FROM remote_attempts WHERE run_id = runs.id AND node IS NOT NULL ORDER BY number DESC LIMIT 1)
                            AS node
                    FROM runs INDEXED BY runs_of_engines WHERE engine = :engine AND state = 'queued' AND
                    """ + " " + Self.hasNoJob + " AND " + Backoff.isDue + " AND " + Self.isStartDue
                        + " ORDER BY priority DESC, number LIMIT :limit",
                arguments: [
                    "engine": engine, "limit": limit, "now": clock.now(), "delays": backoff.json, "impatient": isImpatient,
                ])
            return rows.compactMap { row in
                // Settings that cannot be read are for `doctor`.
                guard let settings = try? Settings(canonicalJSON: row["settings"]), (row["id"] as String).isRunID else {
                    return nil
                }
                return RemoteCandidate(
                    run: row["id"], settings: settings, datasetDigest: row["dataset_digest"],
                    settingChanges: Self.changes(row["engine_settings"]),
                    epoch: row["epoch"], until: row["until"], secondsPerEpoch: row["seconds_per_epoch"],
                    arithmetic: row["arithmetic"],
                    node: row["node"])
            }
        }
    }

    private static func changes(_ column: String?) -> [String] {
        column.flatMap { try? JSONDecoder().decode([String].self, from: Data($0.utf8)) } ?? []
    }

    /// The first attempt that ends without a start has no consequence: the next one may be sent to another node.
    private static let isStartDue = """
        (:impatient OR NOT EXISTS (SELECT 1 FROM (SELECT count(*) AS n, max(ended_at) AS last FROM remote_attempts m
            WHERE m.run_id = runs.id AND m.ended_at IS NOT NULL AND m.reason IS NOT NULL AND m.number > coalesce((SELECT max(number) FROM attempts WHERE run_id = runs.id), 0))
            WHERE n > 1 AND last <= :now AND last + min(n - 1, 10) * 60000 > :now))
        """
}

extension RemoteAttempt {
    fileprivate init(_ row: Row) {
        run = row["run_id"]
        number = row["number"]
        engine = row["engine"]
        token = row["token"]
        job = row["job"]
        task = row["task"]
        place = row["place"]
        epochs = row["epochs"]
        submittedAt = row["submitted_at"]
        node = row["node"]
        reason = row["reason"]
        beat = row["beat"]
        beatAt = row["beat_at"]
        start = row["start"]
        offset = row["offset"]
        missingSince = row["missing_since"]
        let isGiven = row["given"] as String? == engine
        guard row["attempt"] as Int? == number, let state = (row["state"] as String?).flatMap(RunState.init(rawValue:)) else {
            wish = .nothing
            return
        }
        switch state {
        case .queued: wish = isGiven ? .start : .nothing
        case .running:
            if let request = (row["request"] as String?).flatMap(RunRequest.init) {
                wish = .stop(.asked(request))
            } else if !isGiven {
                wish = .stop(.taken)
            } else {
                wish = (row["wanted"] as Int? ?? epochs) < epochs ? .stop(.shortened) : .goOn
            }
        case .completed, .failed, .diverged, .cancelled, .paused, .waiting, .pruned: wish = .nothing
        }
    }
}
