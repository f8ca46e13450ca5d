import GRDB
import Specs
import Synchronization
import Testing

@testable import Lab

@Suite("Query plans") struct QueryPlanTests {
    @Test("workers, submissions, commands and questions about some runs read no table whole, however large the lab is")
    func noScans() throws {
        let temporary = try TemporaryLab()
        let steps = try temporary.plans { try Self.everyCall(temporary) }
        try #require(steps.count > 40)
        for (sql, step) in steps {
            let isLong = step.hasPrefix("SCAN") && !Self.shortScans.contains(where: step.contains)
            #expect(!isLong && !step.contains("AUTOMATIC"), "\(step) in \(sql)")
        }
    }

    /// Lists of a statement's own; and the queue's index, whose order is that of claims, so that the first row is all that is read.
    private static let shortScans = ["CONSTANT ROW", "(subquery-", "json_each", "INDEX runs_in_queue"]

    /// Everything that is done to a lab again and again, or with a few runs of many.
    private static func everyCall(_ temporary: TemporaryLab) throws {
        let lab = temporary.lab
        let run = RunToSubmit(.tiny(epochs: 3), datasetDigest: "digest")
        for epochs in [3, 3, 4] {
            let run = RunToSubmit(.tiny(epochs: epochs), datasetDigest: run.datasetDigest)
            _ = try lab.submit(experiment: "test", description: nil, runs: [run], tags: ["tag"])
        }
        for command in [RunCommand.pause, .resume, .cancel, .retry] { _ = try lab.command(command, runs: [run.id]) }
        let gone = try WorkerIdentity.exited()
        _ = try temporary.taken(gone)
        try lab.releaseAbandoned()
        for outcome in [AttemptOutcome.released("stopped"), .failed("broken"), .completed(.sample)] {
            try lab.finish(temporary.taken(), outcome)
        }
        let claim = try temporary.taken()
        for loss in [1.5, 2.5] { try lab.record(.sample(1, loss: loss), run: claim.run, attempt: claim.attempt) }
        _ = try lab.record(CheckpointRecord.sample(1), run: claim.run, attempt: claim.attempt)
        try lab.discard(.sample(1), run: claim.run, attempt: claim.attempt, reason: "broken")
        try lab.note("noted", "", run: claim.run, attempt: claim.attempt)
        let leases = [(run: claim.run, attempt: claim.attempt)]
        _ = try lab.requests(leases)
        try lab.renewLeases(leases)
        let id = try lab.run(named: String(run.id.prefix(6)))
        for filter in [RunFilter(ids: [id]), RunFilter(experiment: "test"), RunFilter(state: .running)] {
            _ = try lab.runs(filter)
            _ = try lab.stateCounts(filter)
        }
        _ = try (lab.epochs(of: id), lab.attempts(of: id), lab.checkpoints(of: id), lab.events(of: id))
        let data = RunData(dataset: "shapes", digest: "digest")
        try lab.wait(for: data, reason: "missing")
        try lab.endWait(for: data)
        _ = try (lab.nextData(except: [data]), lab.queuedRuns(needing: [data]), lab.isAnythingLeft(except: [data]))
        _ = try lab.digest(ofFile: "f", size: 1, modifiedNanoseconds: 1)
    }
}

extension TemporaryLab {
    /// The steps of the plan of every statement that `body` has the database execute.
    fileprivate func plans(_ body: () throws -> Void) throws -> [(sql: String, step: String)] {
        let statements = Mutex<[String: String]>([:])
        let watch = { @Sendable (db: Database) in
            db.trace { event in
                if case .statement(let statement) = event { statements.withLock { $0[statement.sql] = statement.expandedSQL } }
            }
        }
        let pool = lab.database
        pool.writeWithoutTransaction { watch($0) }
        try pool.read { watch($0) }
        try body()
        pool.writeWithoutTransaction { $0.trace(options: []) }
        try pool.read { $0.trace(options: []) }
        let executed = statements.withLock { $0.values.sorted() }
        return try pool.read { db in
            try executed.flatMap { sql in
                try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN \(sql)").map { (sql, $0["detail"] as String) }
            }
        }
    }
}
