import Foundation
import GRDB
import Specs

/// A run in a worker's hands: every write names this run and attempt.
public struct Claim: Sendable {
    public let run: String
    public let attempt: Int
    public let settings: Settings
    public let datasetDigest: String
}

extension Lab {
    /// Takes the next queued run: highest priority first, then in order of submission. Nil when nothing is queued.
    public func claim(worker: WorkerIdentity, blasKernel: String, threads: Int) throws -> Claim? {
        // Most polls find nothing; they should not take the write lock.
        let queued = try database.read { db in
            try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM runs WHERE state = 'queued')") ?? false
        }
        guard queued else { return nil }
        return try database.write { db in
            guard
                let row = try Row.fetchOne(
                    db,
                    sql: """
                        UPDATE runs SET state = 'running', attempt = attempt + 1, error = NULL
                        WHERE number = (SELECT number FROM runs WHERE state = 'queued' ORDER BY priority DESC, number LIMIT 1)
                        RETURNING id, attempt, settings, dataset_digest
                        """)
            else { return nil }
            let claim = Claim(
                run: row["id"], attempt: row["attempt"], settings: try Settings(canonicalJSON: row["settings"]),
                datasetDigest: row["dataset_digest"])
            try db.execute(
                sql: """
                    INSERT INTO attempts (run_id, number, worker, blas_kernel, threads, started_at, heartbeat)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [claim.run, claim.attempt, worker.text, blasKernel, threads, clock.now(), clock.uptime()])
            try event(db, run: claim.run, attempt: claim.attempt, "started", "\(blasKernel), \(threads) threads")
            return claim
        }
    }

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
                return (row["request"] as RunRequest?).map(LeaseAnswer.asked) ?? .goOn
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
                let request = try RunRequest.fetchOne(db, sql: "SELECT request FROM runs WHERE id = ?", arguments: [run])
                try end(db, run: run, attempt: attempt, outcome: reason)
                // What the worker was asked before it died is done now.
                switch request {
                case .pause: try apply(.stoppedToPause, to: run, db)
                case .cancel: try apply(.stoppedToCancel, to: run, db)
                case nil: try apply(.released, to: run, db)
                }
            }
            return gone.count
        }
    }

    private func abandoned(_ db: Database) throws -> [(run: String, attempt: Int, reason: String)] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT r.id, r.attempt, a.worker, a.heartbeat FROM runs r
                JOIN attempts a ON a.run_id = r.id AND a.number = r.attempt WHERE r.state = 'running'
                """)
        return rows.compactMap { row in
            let worker = WorkerIdentity(text: row["worker"])
            let isSilent = clock.uptime() - (row["heartbeat"] as Int64) > Self.lease
            let reason = worker?.isGone ?? true ? "worker gone" : isSilent ? "lease expired" : nil
            return reason.map { (row["id"], row["attempt"], $0) }
        }
    }

    /// Closes an attempt and says so in the run's history.
    func end(_ db: Database, run: String, attempt: Int, outcome: String) throws {
        try db.execute(
            sql: "UPDATE attempts SET ended_at = ?, outcome = ? WHERE run_id = ? AND number = ?",
            arguments: [clock.now(), outcome, run, attempt])
        try event(db, run: run, attempt: attempt, "ended", outcome)
    }
}
