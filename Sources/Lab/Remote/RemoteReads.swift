import Foundation
import GRDB

/// What a controller of a cluster looks up.
extension Lab {
    /// The time before which no job of a new submission may start; nil if there was no submission.
    public func nextBegin(_ engine: String) throws -> Int64? {
        try database.read { db in
            try Int64.fetchOne(db, sql: "SELECT max(next_begin) FROM submissions WHERE engine = ?", arguments: [engine])
        }
    }

    /// The engines to which runs are given that have not ended.
    public func enginesOfRuns() throws -> [String] {
        try database.read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT DISTINCT engine FROM runs INDEXED BY runs_of_engines WHERE engine IS NOT NULL AND state IN ('queued', 'running')
                    """)
        }
    }

    /// Runs of engines that wait, that are in training and that failed or diverged, and jobs whose end is not on record.
    public func remoteCounts() throws -> (waiting: Int, running: Int, failed: Int, jobs: Int) {
        try database.read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT state, count(*) AS n FROM runs INDEXED BY runs_of_engines
                    WHERE engine IS NOT NULL AND state IN ('queued', 'running', 'failed', 'diverged') GROUP BY state
                    """)
            let counts = Dictionary(rows.map { ($0["state"] as String, $0["n"] as Int) }) { first, _ in first }
            let failed = counts["failed", default: 0] + counts["diverged", default: 0]
            return (counts["queued"] ?? 0, counts["running"] ?? 0, failed, try Self.jobs(nil, db))
        }
    }

    /// Jobs of an engine whose end is not on record.
    public func remoteJobs(_ engine: String) throws -> Int { try database.read { try Self.jobs(engine, $0) } }

    private static func jobs(_ engine: String?, _ db: Database) throws -> Int {
        try Int.fetchOne(
            db,
            sql: """
                SELECT count(*) FROM (SELECT DISTINCT m.token, m.task FROM remote_attempts m JOIN submissions s ON s.token = m.token
                    WHERE m.ended_at IS NULL AND s.engine = coalesce(?, s.engine))
                """, arguments: [engine]) ?? 0
    }

    /// How many epochs of a run have a row; 0 for a run that is not there.
    public func epoch(of run: String) throws -> Int {
        try database.read { db in
            try Int.fetchOne(db.cachedStatement(sql: "SELECT epoch FROM runs WHERE id = ?"), arguments: [run]) ?? 0
        }
    }

    /// Whether an attempt has begun to train; and whether its end is on record.
    public func progress(of attempt: RemoteAttempt) throws -> (isStarted: Bool, isEnded: Bool) {
        try database.read { db in
            let row = try Row.fetchOne(
                db.cachedStatement(sql: "SELECT ended_at FROM attempts WHERE run_id = ? AND number = ?"),
                arguments: [attempt.run, attempt.number])
            return (row != nil, row?["ended_at"] as Int64? != nil)
        }
    }

    /// The node on which a run was trained last; nil if it was not.
    public func lastNode(of run: String) throws -> String? {
        try database.read { db in
            try String.fetchOne(
                db,
                sql: """
                    SELECT m.node FROM remote_attempts m JOIN attempts a ON a.run_id = m.run_id AND a.number = m.number
                    WHERE m.run_id = ? AND m.node IS NOT NULL ORDER BY m.number DESC LIMIT 1
                    """, arguments: [run])
        }
    }

    /// Calls `body`, whose writes become durable together when it returns: much faster than one by one. What is removed elsewhere because
    /// it is in the lab is removed afterwards.
    public func makingDurableTogether<T>(_ body: () throws -> T) throws -> T {
        try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = NORMAL") }
        defer { try? database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") } }
        let result = Result(catching: body)
        // Moving the log into the database syncs both. Where another process prevents it, the log is synced as it is.
        settle()
        try syncLog()
        return try result.get()
    }

    /// Makes what is in the write-ahead log durable. SQLite has no locks on this file, so it may be opened and closed here.
    private func syncLog() throws {
        let path = databaseFile.path + "-wal", file = Foundation.open(path, O_RDONLY | O_CLOEXEC)
        if file < 0, errno == ENOENT { return }
        defer { if file >= 0 { Foundation.close(file) } }
        guard file >= 0, fsync(file) == 0 else {
            throw LabError.cannotWrite(path: path, reason: String(cString: strerror(errno)))
        }
    }
}
