import GRDB
import Specs

/// A run that a worker holds. Every write of the worker names this run and attempt.
public struct Claim: Sendable {
    public let run: String
    public let attempt: Int
    public let settings: Settings
    public let datasetDigest: String
    /// The epoch at which the run waits for its search; nil if it trains to its end.
    public let until: Int?

    public var data: RunData { RunData(dataset: settings.dataset.name, digest: datasetDigest) }
}

extension Lab {
    // The index contains only queued runs, in the order in which they are taken. The cost of a claim does not depend on the length of
    // the queue or the size of the table, but on the number of runs before the first that can be taken.
    private static let firstDue =
        " FROM runs INDEXED BY runs_in_queue WHERE state = 'queued' AND engine IS NULL AND " + hasNoJob + " AND " + needsOther
        + " AND "
        + Backoff.isDue
        + " ORDER BY priority DESC, number LIMIT 1"
    static let nextQueued = "SELECT id, settings, dataset, dataset_digest" + firstDue
    static let takeNext =
        "UPDATE runs SET state = 'running', attempt = attempt + 1, error = NULL WHERE number = (SELECT number" + firstDue
        + ") RETURNING id, attempt, settings, dataset_digest, until"

    func due(except absent: Set<RunData>) -> StatementArguments {
        ["absent": absent.json, "now": clock.now(), "delays": backoff.json]
    }

    /// "1 thread", "2 threads"
    static func threads(_ count: Int) -> String { count == 1 ? "1 thread" : "\(count) threads" }

    /// The data of the run that would be claimed next. Nil if nothing is due.
    func nextData(except absent: Set<RunData>) throws -> RunData? {
        try database.read { db in
            try Row.fetchOne(db, sql: Self.nextQueued, arguments: due(except: absent)).map(RunData.init)
        }
    }

    /// Takes the next queued run: highest priority first, then in order of submission. Returns nil when nothing is queued, or when
    /// `admits` refuses the next run: it stays queued, and no later run overtakes it. Runs that need one of the `absent` data sets are
    /// passed over, and so are those that wait for their next attempt after a failure.
    ///
    /// A run whose settings this program cannot read becomes failed, so that it does not block the others, and `damaged` is thrown.
    public func claim(
        worker: WorkerIdentity, arithmetic: String, threads: Int, except absent: Set<RunData> = [],
        admits: (_ run: String, Settings, RunData) -> Bool = { _, _, _ in true }
    ) throws -> Claim? {
        // Most polls find nothing; they should not take the write lock.
        guard try nextData(except: absent) != nil else { return nil }
        let taken: Result<Claim, LabError>? = try database.write { db in
            // One time for both statements, so that they find the same run.
            let due = due(except: absent)
            if let next = try Row.fetchOne(db, sql: Self.nextQueued, arguments: due),
                let settings = try? Settings(canonicalJSON: next["settings"]),
                !admits(next["id"], settings, RunData(next))
            {
                return nil
            }
            guard let row = try Row.fetchOne(db, sql: Self.takeNext, arguments: due) else { return nil }
            let run: String = row["id"], attempt: Int = row["attempt"]
            try forgetImport(of: run, db)
            try db.execute(
                sql: """
                    INSERT INTO attempts (run_id, number, worker, arithmetic, threads, started_at, heartbeat, epochs)
                    SELECT id, ?, ?, ?, ?, ?, ?, epochs FROM runs WHERE id = ?
                    """,
                arguments: [attempt, worker.text, arithmetic, threads, clock.now(), clock.uptime(), run])
            try event(db, run: run, attempt: attempt, "started", "\(arithmetic), \(Self.threads(threads))")
            do {
                guard run.isRunID else { throw LabError.noSuchRun(run) }
                let settings = try Settings(canonicalJSON: row["settings"])
                let before = try String.fetchOne(
                    db, sql: "SELECT arithmetic FROM attempts WHERE run_id = ? AND number < ? ORDER BY number DESC LIMIT 1",
                    arguments: [run, attempt])
                if let before, settings.decisive(before) != settings.decisive(arithmetic) {
                    try event(db, run: run, attempt: attempt, "arithmetic", "\(arithmetic), before: \(before)")
                }
                return .success(
                    Claim(
                        run: run, attempt: attempt, settings: settings, datasetDigest: row["dataset_digest"],
                        until: row["until"]))
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
