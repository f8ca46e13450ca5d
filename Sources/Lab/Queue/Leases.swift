import GRDB

extension Lab {
    /// The answer to a worker that asks about a run that it trains.
    public enum LeaseAnswer: Sendable, Equatable {
        case goOn
        case asked(RunRequest)
        /// Fewer epochs are wanted than the attempt trains to.
        case shortened
        /// A later attempt has the run, or it ended.
        case superseded
    }

    /// Returns for each claim what its run is asked to do. Reads only.
    public func requests(_ claims: [(run: String, attempt: Int)]) throws -> [LeaseAnswer] {
        try database.read { db in
            try claims.map { claim in
                let row = try Row.fetchOne(
                    db,
                    sql: """
                        SELECT r.request, r.epochs < a.epochs AS shortened FROM runs r
                        LEFT JOIN attempts a ON a.run_id = r.id AND a.number = r.attempt
                        WHERE r.id = ? AND r.attempt = ? AND r.state = 'running'
                        """,
                    arguments: [claim.run, claim.attempt])
                guard let row else { return .superseded }
                if let request = (row["request"] as String?).flatMap(RunRequest.init) { return .asked(request) }
                return row["shortened"] as Bool? == true ? .shortened : .goOn
            }
        }
    }

    /// Renews the leases of those claims that still hold their runs.
    func renewLeases(_ claims: [(run: String, attempt: Int)], at now: Int64, _ db: Database) throws {
        for claim in claims {
            try db.execute(
                sql: "UPDATE attempts SET heartbeat = ? WHERE run_id = ? AND number = ? AND ended_at IS NULL",
                arguments: [now, claim.run, claim.attempt])
        }
    }
}
