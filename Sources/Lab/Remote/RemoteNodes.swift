import GRDB

/// What is known of a node of a cluster.
public struct RemoteNode: Sendable, Equatable {
    public let name: String
    /// With which arithmetic it computes.
    public let arithmetic: String
    /// Jobs in sequence that died soon after their start.
    public let quickDeaths: Int
    /// Since when no job is sent there; nil if none died.
    public let excludedAt: Int64?

    /// Milliseconds for which no job is sent to a node on which two died.
    static let exclusion: Int64 = 86_400_000

    /// Whether no job is sent there at a time, because two died there within the last day.
    public func isExcluded(at now: Int64) -> Bool { excludedAt.map { abs(now - $0) < Self.exclusion } ?? false }
}

extension Lab {
    /// The nodes of an engine that trained runs, by name.
    public func nodes(_ engine: String) throws -> [RemoteNode] {
        try database.read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM nodes WHERE engine = ? ORDER BY name", arguments: [engine]).map {
                RemoteNode(
                    name: $0["name"], arithmetic: $0["arithmetic"], quickDeaths: $0["quick_deaths"], excludedAt: $0["excluded_at"]
                )
            }
        }
    }

    /// Stores with which arithmetic a node computes.
    public func node(_ name: String, of engine: String, computesWith arithmetic: String) throws {
        try database.write { db in
            try db.execute(
                cached: """
                    INSERT INTO nodes (engine, name, arithmetic) VALUES (?, ?, ?)
                    ON CONFLICT (engine, name) DO UPDATE SET arithmetic = excluded.arithmetic WHERE arithmetic <> excluded.arithmetic
                    """, arguments: [engine, name, arithmetic])
        }
    }

    /// Adds a job that died soon after its start to the node's count, or resets the count after one that did not. After the second in
    /// sequence no job is sent to the node for a day. Returns whether it is excluded now, and was not before.
    @discardableResult
    public func count(quickDeath: Bool, on node: String, of engine: String) throws -> Bool {
        try database.write { db in
            // An exclusion that is over is forgotten: the node has another chance.
            try db.execute(
                sql:
                    "UPDATE nodes SET quick_deaths = 0, excluded_at = NULL WHERE engine = ? AND name = ? AND abs(? - excluded_at) >= ?",
                arguments: [engine, node, clock.now(), RemoteNode.exclusion])
            if !quickDeath {
                try db.execute(
                    sql:
                        "UPDATE nodes SET quick_deaths = 0 WHERE engine = ? AND name = ? AND quick_deaths > 0 AND excluded_at IS NULL",
                    arguments: [engine, node])
                return false
            }
            try db.execute(
                sql: """
                    INSERT INTO nodes (engine, name, arithmetic, quick_deaths) VALUES (?, ?, '', 1)
                    ON CONFLICT (engine, name) DO UPDATE SET quick_deaths = quick_deaths + 1
                    """, arguments: [engine, node])
            try db.execute(
                sql:
                    "UPDATE nodes SET excluded_at = ? WHERE engine = ? AND name = ? AND quick_deaths >= 2 AND excluded_at IS NULL",
                arguments: [clock.now(), engine, node])
            guard db.changesCount > 0 else { return false }
            try event(db, run: nil, "node excluded", "\(engine) \(node): two jobs died soon after their start")
            return true
        }
    }
}
