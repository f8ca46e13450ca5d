import GRDB

/// Maintenance of a lab, apart from the work itself: it returns the runs of dead workers to the queue.
///
/// Workers run it on a schedule. Commands that change runs run it first, because a run without a worker cannot be paused or
/// retried. Commands that only read do not run it; `Lab.abandonedRuns` tells them which runs have no worker.
public struct LabMaintenance: Sendable {
    private let lab: Lab

    public init(_ lab: Lab) { self.lab = lab }

    /// Renews the leases of `claims` and releases the runs whose worker is gone or has been silent for longer than the lease.
    /// Returns the number of released runs.
    ///
    /// Both happen in one transaction. In two, another process could hold the write lock between them for longer than a lease,
    /// and a worker would release its own live runs.
    @discardableResult
    public func run(holding claims: [(run: String, attempt: Int)] = []) throws -> Int {
        if !claims.isEmpty { lab.settleLongLog() }
        if claims.isEmpty, try lab.abandonedRuns().isEmpty { return 0 }
        return try lab.database.write { db in
            let now = lab.clock.uptime()
            try lab.renewLeases(claims, at: now, db)
            return try lab.releaseAbandoned(at: now, db)
        }
    }
}
