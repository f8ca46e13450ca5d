import GRDB

extension Lab {
    /// Runs in the state `running` that no worker trains, each with the reason. Reads only.
    public func abandonedRuns() throws -> [String: String] {
        try database.read { db in
            Dictionary(uniqueKeysWithValues: try abandoned(at: clock.uptime(), db).map { ($0.run, $0.reason) })
        }
    }

    /// Returns the abandoned runs to the queue, or fails those that keep killing their workers. Returns how many there were.
    func releaseAbandoned(at now: Int64, _ db: Database) throws -> Int {
        let gone = try abandoned(at: now, db)
        for (run, attempt, reason) in gone { try release(run, attempt, reason, db) }
        return gone.count
    }

    /// Ends an attempt whose worker cannot do so, and returns its run to the queue.
    func release(_ run: String, _ attempt: Int, _ reason: String, _ db: Database) throws {
        try end(db, run: run, attempt: attempt, outcome: reason)
        if try deaths(of: run, db) < Self.deathsAllowed {
            try leaveWorker(.released, run, db)
        } else {
            let error = "its worker died \(Self.deathsAllowed) times before it could save a checkpoint (too little memory?)"
            try leaveWorker(.failedForGood, run, error: error, db)
        }
    }

    /// The number of workers that died with the run since it last saved a checkpoint or was last queued by a person. A run that kills
    /// every worker must not be started forever.
    func deaths(of run: String, _ db: Database) throws -> Int {
        try Int.fetchOne(
            db,
            sql: """
                SELECT count(*) FROM events WHERE run_id = ?1 AND kind = 'ended' AND detail = ?2
                    AND attempt > coalesce((SELECT max(attempt) FROM events WHERE run_id = ?1 AND kind = 'saved'), 0)
                    AND id > coalesce((SELECT max(id) FROM events WHERE run_id = ?1 AND kind IN ('retry', 'resume', 'extended')), 0)
                """, arguments: [run, Self.workerGone]) ?? 0
    }

    static let workerGone = "worker gone"

    /// Runs in the state `running` that no worker trains: the worker is gone or silent, or its row is missing. Attempts of a cluster's jobs
    /// have no lease: `pcnlab cluster sync` ends them.
    func abandoned(at now: Int64, _ db: Database) throws -> [(run: String, attempt: Int, reason: String)] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT r.id, r.attempt, a.worker, a.heartbeat FROM runs r
                LEFT JOIN attempts a ON a.run_id = r.id AND a.number = r.attempt
                WHERE r.state = 'running' AND NOT EXISTS
                    (SELECT 1 FROM remote_attempts WHERE run_id = r.id AND number = r.attempt AND ended_at IS NULL)
                """)
        return rows.compactMap { row in
            let worker = (row["worker"] as String?).flatMap(WorkerIdentity.init)
            let (silence, isAbsurd) = now.subtractingReportingOverflow(row["heartbeat"] ?? 0)
            let isSilent = isAbsurd || silence > Self.lease
            let reason = worker?.isGone ?? true ? Self.workerGone : isSilent ? "lease expired" : nil
            return reason.map { (row["id"], row["attempt"], $0) }
        }
    }
}
