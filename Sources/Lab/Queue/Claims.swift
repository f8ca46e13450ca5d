import GRDB
import Specs

/// A run that a worker holds. Every write of the worker names this run and attempt.
public struct Claim: Sendable {
    public let run: String
    public let attempt: Int
    public let settings: Settings
    public let datasetDigest: String
}

extension Lab {
    // The index contains only queued runs, in the order in which they are taken. The cost of a claim does not depend on the length of
    // the queue or the size of the table.
    static let anyQueued = "SELECT EXISTS (SELECT 1 FROM runs INDEXED BY runs_to_claim WHERE state = 'queued')"
    static let nextQueued = """
        SELECT id, settings FROM runs INDEXED BY runs_to_claim WHERE state = 'queued' ORDER BY priority DESC, number LIMIT 1
        """
    static let takeNext = """
        UPDATE runs SET state = 'running', attempt = attempt + 1, error = NULL
        WHERE number = (SELECT number FROM runs INDEXED BY runs_to_claim WHERE state = 'queued'
            ORDER BY priority DESC, number LIMIT 1)
        RETURNING id, attempt, settings, dataset_digest
        """

    /// Takes the next queued run: highest priority first, then in order of submission. Returns nil when nothing is queued, or when
    /// `admits` refuses the next run: it stays queued, and no later run overtakes it.
    ///
    /// A run whose settings this program cannot read becomes failed, so that it does not block the others, and `damaged` is thrown.
    public func claim(
        worker: WorkerIdentity, arithmetic: String, threads: Int, admits: (_ run: String, Settings) -> Bool = { _, _ in true }
    ) throws -> Claim? {
        // Most polls find nothing; they should not take the write lock.
        guard try database.read({ try Bool.fetchOne($0, sql: Self.anyQueued) }) == true else { return nil }
        let taken: Result<Claim, LabError>? = try database.write { db in
            if let next = try Row.fetchOne(db, sql: Self.nextQueued),
                let settings = try? Settings(canonicalJSON: next["settings"]),
                !admits(next["id"], settings)
            {
                return nil
            }
            guard let row = try Row.fetchOne(db, sql: Self.takeNext) else { return nil }
            let run: String = row["id"], attempt: Int = row["attempt"]
            try db.execute(
                sql: """
                    INSERT INTO attempts (run_id, number, worker, arithmetic, threads, started_at, heartbeat)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [run, attempt, worker.text, arithmetic, threads, clock.now(), clock.uptime()])
            try event(db, run: run, attempt: attempt, "started", "\(arithmetic), \(threads) threads")
            do {
                guard run.isRunID else { throw LabError.noSuchRun(run) }
                let settings = try Settings(canonicalJSON: row["settings"])
                return .success(Claim(run: run, attempt: attempt, settings: settings, datasetDigest: row["dataset_digest"]))
            } catch {
                let reason = "the settings of run \(run) cannot be read: \(error)"
                try apply(.failedForGood, to: run, error: reason, db)
                try end(db, run: run, attempt: attempt, outcome: "failed: \(reason)")
                return .failure(.damaged(file: databaseFile.relativePath, reason: reason))
            }
        }
        return try taken?.get()
    }
}
