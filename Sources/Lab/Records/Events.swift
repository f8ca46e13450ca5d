import GRDB

/// A line of a run's history.
public struct EventRow: Sendable {
    /// Increases with every event of the lab.
    public let id: Int64
    /// Nil for an event of the lab, such as the removal of a run.
    public let run: String?
    /// Milliseconds since 1970.
    public let at: Int64
    public let attempt: Int?
    public let kind: String
    public let detail: String?

    package init(id: Int64, run: String?, at: Int64, attempt: Int?, kind: String, detail: String?) {
        (self.id, self.run, self.at, self.attempt, self.kind, self.detail) = (id, run, at, attempt, kind, detail)
    }
}

extension Lab {
    /// Adds a line to a run's history, or to that of the lab.
    func event(_ db: Database, run: String?, attempt: Int? = nil, _ kind: String, _ detail: String? = nil) throws {
        try db.execute(
            cached: "INSERT INTO events (run_id, attempt, at, kind, detail) VALUES (?, ?, ?, ?, ?)",
            arguments: [run, attempt, clock.now(), kind, detail])
    }

    /// Adds a line to the history of a run that a worker holds.
    public func note(_ kind: String, _ detail: String, run: String, attempt: Int) throws {
        try fencedWrite(run: run, attempt: attempt) { try event($0, run: run, attempt: attempt, kind, detail) }
    }

    /// A run's history, oldest first.
    public func events(of run: String) throws -> [EventRow] {
        try database.read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM events WHERE run_id = ? ORDER BY id", arguments: [run]).map(EventRow.init)
        }
    }

    /// The history of the whole lab after an event, oldest first.
    public func events(after event: Int64 = 0, limit: Int = .max) throws -> [EventRow] {
        try database.read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM events WHERE id > ? ORDER BY id LIMIT ?", arguments: [event, limit]
            ).map(EventRow.init)
        }
    }

    /// The id of the latest event; 0 if there is none.
    public func lastEvent() throws -> Int64 {
        try database.read { try Int64.fetchOne($0, sql: "SELECT max(id) FROM events") ?? 0 }
    }
}

extension EventRow {
    init(_ row: Row) {
        self.init(
            id: row["id"], run: row["run_id"], at: row["at"], attempt: row["attempt"], kind: row["kind"], detail: row["detail"])
    }
}
