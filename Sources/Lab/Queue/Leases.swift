import GRDB

extension Lab {
    /// What a worker hears about a run that it trains.
    public enum LeaseAnswer: Sendable, Equatable {
        case goOn
        case asked(RunRequest)
        /// A later attempt has the run, or it ended.
        case superseded
    }

    /// Says for each claim what its run is asked to do. Reads only.
    public func requests(_ claims: [(run: String, attempt: Int)]) throws -> [LeaseAnswer] {
        try database.read { db in
            try claims.map { claim in
                let row = try Row.fetchOne(
                    db, sql: "SELECT request FROM runs WHERE id = ? AND attempt = ? AND state = 'running'",
                    arguments: [claim.run, claim.attempt])
                guard let row else { return .superseded }
                return (row["request"] as String?).flatMap(RunRequest.init).map(LeaseAnswer.asked) ?? .goOn
            }
        }
    }

    /// Renews the leases of those claims that still hold their runs.
    public func renewLeases(_ claims: [(run: String, attempt: Int)]) throws {
        try database.write { db in
            for claim in claims {
                try db.execute(
                    sql: "UPDATE attempts SET heartbeat = ? WHERE run_id = ? AND number = ? AND ended_at IS NULL",
                    arguments: [clock.uptime(), claim.run, claim.attempt])
            }
        }
    }

    /// Frees the runs whose worker is gone, or silent for longer than the lease. Returns how many.
    @discardableResult
    public func releaseAbandoned() throws -> Int {
        let held = try database.read { db in try abandoned(db) }
        guard !held.isEmpty else { return 0 }
        return try database.write { db in
            let gone = try abandoned(db)
            for (run, attempt, reason) in gone {
                try end(db, run: run, attempt: attempt, outcome: reason)
                if try deaths(of: run, db) < Self.deathsAllowed {
                    try leaveWorker(.released, run, db)
                } else {
                    let error =
                        "its worker died \(Self.deathsAllowed) times before it could save a checkpoint (too little memory?)"
                    try leaveWorker(.failedForGood, run, error: error, db)
                }
            }
            return gone.count
        }
    }

    /// How often a worker died with the run since it last saved a checkpoint, or since a person had it queued. A run that kills
    /// its worker every time must not do so for ever.
    func deaths(of run: String, _ db: Database) throws -> Int {
        try Int.fetchOne(
            db,
            sql: """
                SELECT count(*) FROM events WHERE run_id = ?1 AND kind = 'ended' AND detail = ?2
                    AND attempt > coalesce((SELECT max(attempt) FROM events WHERE run_id = ?1 AND kind = 'saved'), 0)
                    AND id > coalesce((SELECT max(id) FROM events WHERE run_id = ?1 AND kind IN ('retry', 'resume', 'extended')), 0)
                """, arguments: [run, Self.workerGone]) ?? 0
    }

    private static let workerGone = "worker gone"

    /// Runs that are running with nobody at work on them: their worker is gone or silent, or no row says who it is.
    func abandoned(_ db: Database) throws -> [(run: String, attempt: Int, reason: String)] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT r.id, r.attempt, a.worker, a.heartbeat FROM runs r
                LEFT JOIN attempts a ON a.run_id = r.id AND a.number = r.attempt WHERE r.state = 'running'
                """)
        return rows.compactMap { row in
            let worker = (row["worker"] as String?).flatMap(WorkerIdentity.init)
            let (silence, isAbsurd) = clock.uptime().subtractingReportingOverflow(row["heartbeat"] ?? 0)
            let isSilent = isAbsurd || silence > Self.lease
            let reason = worker?.isGone ?? true ? Self.workerGone : isSilent ? "lease expired" : nil
            return reason.map { (row["id"], row["attempt"], $0) }
        }
    }
}
