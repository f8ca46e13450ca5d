import GRDB
import Specs

/// A run's place in a submission.
public struct RemoteTask: Sendable, Equatable {
    public let run: String
    public let task: Int
    public let place: Int

    public init(run: String, task: Int, place: Int) { (self.run, self.task, self.place) = (run, task, place) }
}

extension Lab {
    /// Puts a submission on record before the engine is called, and raises the runs' attempts. It is durable on return. Runs that are no longer queued for the
    /// engine, or that have a job, are left out. Returns the attempt of each of the others.
    public func beginSubmission(_ token: String, engine: String, nextBegin: Int64, _ tasks: [RemoteTask]) throws -> [String: Int]
    {
        try database.write { db in
            try db.execute(
                sql: "INSERT INTO submissions (token, engine, submitted_at, next_begin) VALUES (?, ?, ?, ?)",
                arguments: [token, engine, clock.now(), nextBegin])
            var attempts: [String: Int] = [:]
            for task in tasks {
                let attempt = try Int.fetchOne(
                    db,
                    sql: "UPDATE runs SET attempt = attempt + 1 WHERE id = ? AND engine = ? AND state = 'queued' AND "
                        + Self.hasNoJob
                        + " RETURNING attempt", arguments: [task.run, engine])
                guard let attempt else { continue }
                try db.execute(
                    cached: """
                        INSERT INTO remote_attempts (run_id, number, token, task, place, epochs)
                        SELECT id, ?, ?, ?, ?, epochs FROM runs WHERE id = ?
                        """, arguments: [attempt, token, task.task, task.place, task.run])
                try event(db, run: task.run, attempt: attempt, "submitted to \(engine)")
                attempts[task.run] = attempt
            }
            return attempts
        }
    }

    /// Stores the engine's id of a submission.
    public func submitted(_ token: String, as job: String) throws {
        try database.write { db in
            try db.execute(sql: "UPDATE submissions SET job = ? WHERE token = ?", arguments: [job, token])
        }
    }

    /// Stores why attempts wait, their nodes and heartbeats. What is the same is not written.
    public func observe(_ observations: [RemoteObservation]) throws {
        if observations.isEmpty { return }
        try database.write { db in
            for seen in observations {
                try db.execute(
                    cached: """
                        UPDATE remote_attempts SET reason = ?, node = coalesce(?, node), beat = ?, beat_at = ?, start = ?, offset = ?,
                            missing_since = ?
                        WHERE run_id = ? AND number = ?
                        """,
                    arguments: [
                        seen.reason, seen.node, seen.beat, seen.beatAt, seen.start, seen.offset, seen.missingSince, seen.run,
                        seen.number,
                    ])
                if seen.isNews { try event(db, run: seen.run, attempt: seen.number, "waits", seen.reason) }
            }
        }
    }

    /// The job of an attempt has begun to train: the run is in training from now on. Returns whether this is the first call.
    /// Throws `superseded` if the attempt has not the run any more.
    /// - Parameters:
    ///   - place: with the node.
    ///   - time: when it began, by the node's clock, in milliseconds since 1970.
    @discardableResult
    public func start(_ attempt: RemoteAttempt, _ place: RemotePlace, arithmetic: String, threads: Int, at time: Int64) throws
        -> Bool
    {
        try database.write { db in
            let row = try Row.fetchOne(
                db, sql: "SELECT state, settings FROM runs WHERE id = ? AND attempt = ?",
                arguments: [attempt.run, attempt.number])
            guard let row else { throw LabError.superseded(run: attempt.run, attempt: attempt.number) }
            let isStarted = try Bool.fetchOne(
                db, sql: "SELECT EXISTS (SELECT 1 FROM attempts WHERE run_id = ? AND number = ?)",
                arguments: [attempt.run, attempt.number])
            if isStarted == true { return false }
            guard row["state"] as String == RunState.queued.rawValue else {
                throw LabError.superseded(run: attempt.run, attempt: attempt.number)
            }
            let before = try String.fetchOne(
                db, sql: "SELECT arithmetic FROM attempts WHERE run_id = ? ORDER BY number DESC LIMIT 1", arguments: [attempt.run]
            )
            try forgetImport(of: attempt.run, db)
            try apply(.claimed, to: attempt.run, db)
            try db.execute(
                sql: """
                    INSERT INTO attempts (run_id, number, worker, arithmetic, threads, started_at, heartbeat, epochs)
                    VALUES (?, ?, ?, ?, ?, ?, 0, ?)
                    """,
                arguments: [
                    attempt.run, attempt.number, place.worker, arithmetic, threads,
                    // The clock of a node may be wrong.
                    max(attempt.submittedAt, min(time, clock.now())), attempt.epochs,
                ])
            try db.execute(
                sql: "UPDATE remote_attempts SET node = ?, reason = NULL WHERE run_id = ? AND number = ?",
                arguments: [place.node, attempt.run, attempt.number])
            let text = "\(place.engine) job \(place.job ?? "?") on \(place.node ?? "?")"
            try event(
                db, run: attempt.run, attempt: attempt.number, "started", "\(text), \(arithmetic), \(Self.threads(threads))")
            if let before, let settings = try? Settings(canonicalJSON: row["settings"]),
                settings.decisive(before) != settings.decisive(arithmetic)
            {
                try event(db, run: attempt.run, attempt: attempt.number, "arithmetic", "\(arithmetic), before: \(before)")
            }
            return true
        }
    }

    /// Returns the run of an attempt that cannot say how it ended to the queue.
    /// - Parameters:
    ///   - reason: how its job ended.
    ///   - isDeath: whether the attempt counts as one of those whose worker died with the run.
    @discardableResult
    public func release(_ attempt: RemoteAttempt, reason: String, isDeath: Bool) throws -> RunState {
        try fencedWriteOnce(run: attempt.run, attempt: attempt.number) { db in
            if isDeath { try event(db, run: attempt.run, attempt: attempt.number, "died", reason) }
            try release(attempt.run, attempt.number, isDeath ? Self.workerGone : reason, db)
            return try state(of: attempt.run, db)
        }
    }

    /// Puts on record that nothing more comes of an attempt: its job has ended, or never came to be.
    /// - Parameters:
    ///   - reason: of an attempt that ended without a start: why.
    ///   - isFault: whether the next attempt would likely end so too: the reason is shown with the run, and later attempts wait for longer
    ///     and longer.
    public func close(_ attempt: RemoteAttempt, reason: String? = nil, isFault: Bool = true) throws {
        try database.write { db in
            try db.execute(
                cached:
                    "UPDATE remote_attempts SET ended_at = ?, reason = ? WHERE run_id = ? AND number = ? AND ended_at IS NULL",
                arguments: [clock.now(), isFault ? reason : nil, attempt.run, attempt.number])
            guard let reason, db.changesCount > 0 else { return }
            let isThere = try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM runs WHERE id = ?)", arguments: [attempt.run])
            guard isThere == true else { return }
            try event(db, run: attempt.run, attempt: attempt.number, "no start", reason)
            if !isFault { return }
            try db.execute(
                sql: "UPDATE runs SET error = ? WHERE id = ? AND attempt = ? AND state = 'queued'",
                arguments: [reason, attempt.run, attempt.number])
        }
    }
}

/// What was seen of an attempt's job.
public struct RemoteObservation: Sendable, Equatable {
    public let run: String
    public let number: Int
    public var reason: String?
    public var node: String?
    public var beat: Int?
    public var beatAt: Int64?
    public var start: String?
    public var offset: Int?
    public var missingSince: Int64?
    /// Whether the reason is one that the run's history should have.
    public var isNews = false

    public init(_ attempt: RemoteAttempt) {
        (run, number, reason, node) = (attempt.run, attempt.number, attempt.reason, attempt.node)
        (beat, beatAt, missingSince) = (attempt.beat, attempt.beatAt, attempt.missingSince)
        (start, offset) = (attempt.start, attempt.offset)
    }
}
