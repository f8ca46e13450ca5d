import Foundation
import GRDB

/// The data that a run needs: the name of a data set and the digest of its content.
public struct RunData: Sendable, Hashable {
    public let dataset: String
    public let digest: String

    public init(dataset: String, digest: String) { (self.dataset, self.digest) = (dataset, digest) }

    init(_ row: Row) { self.init(dataset: row["dataset"], digest: row["dataset_digest"]) }
}

/// The data of a run cannot be used: the run waits and is not failed.
public struct DataUnavailable: Error, CustomStringConvertible {
    /// What is wrong, the place, and the remedy.
    public let reason: String
    public var description: String { reason }

    public init(_ reason: String) { self.reason = reason }
}

extension Set<RunData> {
    /// For a condition in SQL, see `Lab.needsOther`.
    var json: String {
        let list = map { "\($0.dataset)\n\($0.digest)" }.sorted()
        return (try? JSONEncoder().encode(list)).map { String(decoding: $0, as: UTF8.self) } ?? "[]"
    }
}

extension Lab {
    /// Whether a run's data is not in the list `:absent`.
    static let needsOther = "(dataset || char(10) || dataset_digest) NOT IN (SELECT value FROM json_each(:absent))"
    /// Begins the `error` of a queued run that waits for its data.
    private static let waits = "waits for its data: "

    /// The number of queued runs that need one of these data sets.
    func queuedRuns(needing absent: Set<RunData>) throws -> Int {
        try database.read { db in
            let sql =
                "SELECT count(*) FROM runs INDEXED BY runs_in_queue WHERE state = 'queued' AND engine IS NULL AND NOT "
                + Self.needsOther
            return try Int.fetchOne(db, sql: sql, arguments: ["absent": absent.json]) ?? 0
        }
    }

    /// Whether any run is in training, or queued with other data than this.
    func isAnythingLeft(except absent: Set<RunData>) throws -> Bool {
        try database.read { db in
            let sql = """
                SELECT EXISTS (SELECT 1 FROM runs WHERE state = 'running' AND engine IS NULL)
                    OR EXISTS (SELECT 1 FROM runs INDEXED BY runs_in_queue WHERE state = 'queued' AND engine IS NULL AND
                """ + " " + Self.needsOther + ")"
            return try Bool.fetchOne(db, sql: sql, arguments: ["absent": absent.json]) ?? false
        }
    }

    /// Stores for the queued runs that need this data why they wait: `status` shows it. Changes only runs where it differs.
    func wait(for data: RunData, reason: String) throws {
        let text = Self.waits + reason
        let arguments: StatementArguments = ["dataset": data.dataset, "digest": data.digest, "text": text]
        let those =
            "state = 'queued' AND engine IS NULL AND dataset = :dataset AND dataset_digest = :digest AND error IS NOT :text"
        let isNew = try database.read { db in
            try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM runs WHERE " + those + ")", arguments: arguments)
        }
        guard isNew == true else { return }
        try database.write { db in
            try db.execute(
                sql: "INSERT INTO events (run_id, at, kind, detail) SELECT id, :now, 'waits', :text FROM runs WHERE " + those,
                arguments: arguments &+ ["now": clock.now()])
            try db.execute(sql: "UPDATE runs SET error = :text WHERE " + those, arguments: arguments)
        }
    }

    /// Removes the reasons that `wait` stored: the data is there.
    func endWait(for data: RunData) throws {
        let arguments: StatementArguments = ["dataset": data.dataset, "digest": data.digest, "waits": Self.waits]
        let those = """
            state = 'queued' AND engine IS NULL AND dataset = :dataset AND dataset_digest = :digest
                AND substr(error, 1, length(:waits)) = :waits
            """
        let isThere = try database.read { db in
            try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM runs WHERE " + those + ")", arguments: arguments)
        }
        guard isThere == true else { return }
        try database.write { db in try db.execute(sql: "UPDATE runs SET error = NULL WHERE " + those, arguments: arguments) }
    }

    /// The `error` of a queued run that waits for its data.
    static func waiting(_ reason: String) -> String { waits + reason }
}

extension RunSummary {
    /// Whether the run is queued and waits for data that no worker found. `error` is the reason.
    public var waitsForData: Bool { state == .queued && error?.hasPrefix(Lab.waiting("")) == true }
}
