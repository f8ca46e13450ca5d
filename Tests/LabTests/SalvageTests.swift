import Foundation
import GRDB
import Testing

@testable import Lab

@Suite("What is salvaged from a damaged database") struct SalvageTests {
    private static let lines = 5_000

    /// A lab with runs and a long history, closed and harmed; then a new database made of it.
    private func salvaged(
        after harm: (DatabaseQueue, _ file: URL) throws -> Void, _ body: (Lab, Lab.Salvaged, _ ids: [String]) throws -> Void
    ) throws {
        let temporary = try TemporaryLab()
        let ids = try temporary.submit(seeds: 1...20)
        try temporary.lab.complete(temporary.taken())
        try temporary.lab.database.write { db in
            for line in 1...Self.lines {
                try db.execute(
                    sql: "INSERT INTO events (run_id, at, kind, detail) VALUES (?, 0, 'filler', ?)",
                    arguments: [ids[0], "line \(line) " + String(repeating: "x", count: 100)])
            }
        }
        try temporary.lab.close()
        let file = temporary.lab.databaseFile
        let queue = try DatabaseQueue(path: file.path)
        try queue.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        try harm(queue, file)
        try queue.close()
        let salvaged = try Lab.salvage(temporary.folder)
        try body(Lab(temporary.folder, clock: temporary.time.clock), salvaged, ids)
    }

    private func overwrite(page: Int, of file: URL) throws {
        let handle = try FileHandle(forWritingTo: file)
        try handle.seek(toOffset: UInt64(page - 1) * 4096)
        try handle.write(contentsOf: Data(repeating: 0xA5, count: 4096))
        try handle.close()
    }

    @Test("is a table's rows on both sides of a page that cannot be read; the damaged file is kept")
    func page() throws {
        try salvaged { queue, file in
            let pages = try queue.read { try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0 }
            try overwrite(page: pages * 3 / 5, of: file)
        } _: { lab, salvaged, ids in
            let (damage, found, states) = (try lab.damage(), try lab.runs().map(\.id), try lab.stateCounts())
            #expect(damage == [] && found == ids && states == [.completed: 1, .queued: 19])
            let lines = try lab.events(of: ids[0]).filter { $0.kind == "filler" }
            #expect(lines.count < Self.lines && lines.count > Self.lines - 60)
            #expect(lines.first?.detail?.hasPrefix("line 1 ") == true && lines.last?.detail?.hasPrefix("line 5000 ") == true)
            #expect(salvaged.refused == 0 && FileManager.default.fileExists(atPath: salvaged.damagedFile.path))
        }
    }

    @Test("is a run whose row breaks a rule: it is held back, for a person to look at")
    func rule() throws {
        try salvaged { queue, _ in
            try queue.writeWithoutTransaction {
                try $0.execute(sql: "PRAGMA ignore_check_constraints = ON; UPDATE runs SET state = 'lost' WHERE number = 7")
            }
        } _: { lab, salvaged, ids in
            let (damage, states) = (try lab.damage(), try lab.stateCounts())
            #expect(damage == [] && states == [.completed: 1, .queued: 18, .paused: 1])
            #expect(try lab.runs(RunFilter(state: .paused)).map(\.id) == [ids[6]])
            #expect(try lab.command(.resume, runs: [ids[6]]).map(\.transition) == [.to(.queued)])
        }
    }

    @Test("keeps the schema, with every index")
    func schema() throws {
        try salvaged { _, _ in
        } _: { lab, _, _ in
            let (outline, expected) = (
                try lab.database.read(SchemaTests.outline), try SchemaTests.inMemory().read(SchemaTests.outline)
            )
            #expect(outline == expected)
        }
    }
}
