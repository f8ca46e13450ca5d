import Foundation
import GRDB
import Specs
import Testing

@testable import Lab

@Suite("A lab of an older version")
struct MigrationTests {
    /// A lab as version 1 made it, with a run that was trained once.
    private func withOldLab(_ body: (_ folder: URL, _ file: URL) throws -> Void) throws {
        let folder = URL.temporary(), file = folder.appending(path: "pcnlab.sqlite")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let schema = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Schemas/version1.sql")
        let database = try DatabaseQueue(path: file.path)
        try database.write { db in
            try db.execute(sql: try String(contentsOf: schema, encoding: .utf8))
            try db.execute(
                sql: """
                    INSERT INTO runs (id, model, dataset, seed, settings, dataset_digest, epochs, epoch, state, attempt, submitted_at)
                        VALUES ('0123456789abcdef', 'LinearNet-PCN16', 'shapes', 1, ?, 'digest', 3, 1, 'queued', 1, 1);
                    INSERT INTO attempts (run_id, number, worker, blas_kernel, threads, started_at, heartbeat, ended_at, outcome)
                        VALUES ('0123456789abcdef', 1, 'w', 'fused', 2, 1, 1, 2, 'worker gone');
                    INSERT INTO epochs VALUES ('0123456789abcdef', 1, 2.0, 0.5, 0.4, 1.0);
                    """, arguments: [Settings.tiny(seed: 1).canonicalJSON])
        }
        try database.close()
        try body(folder, file)
    }

    @Test("is brought up to date where it is opened, loses nothing, and is kept as it was beside it")
    func migrated() throws {
        try withOldLab { folder, file in
            let lab = try Lab(folder)
            let outline = try lab.database.read(SchemaTests.outline)
            let expected = try SchemaTests.inMemory().read(SchemaTests.outline)
            #expect(outline == expected)
            let run = try #require(try lab.runs().first)
            #expect(run.epoch == 1 && run.arithmetics == ["fused"])
            #expect(try lab.attempts(of: run.id).map(\.arithmetic) == ["fused"])
            #expect(try lab.epochs(of: run.id).count == 1)
            let backup = try DatabaseQueue(path: file.path + ".version1")
            let version = try backup.read { try Int.fetchOne($0, sql: "PRAGMA user_version") }
            let kernel = try backup.read { try String.fetchOne($0, sql: "SELECT blas_kernel FROM attempts") }
            #expect(version == 1 && kernel == "fused")
            _ = try Lab(folder)
        }
    }

    @Test("keeps the backup that is there: the first one is of the old version, a later one might not be")
    func backupStays() throws {
        try withOldLab { folder, file in
            let lab = try Lab(folder)
            let backup = URL(fileURLWithPath: file.path + ".version1")
            let before = try Data(contentsOf: backup)
            #expect(throws: LabError.taken(path: backup.relativePath)) { try lab.backup(to: backup) }
            #expect(try Data(contentsOf: backup) == before)
        }
    }

    @Test("is brought up to date once by many that open it together")
    func together() throws {
        try withOldLab { folder, _ in
            DispatchQueue.concurrentPerform(iterations: 8) { _ in
                #expect(throws: Never.self) { try Lab(folder).runs() }
            }
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(!names.contains { $0.hasSuffix(".tmp") } && names.contains("pcnlab.sqlite.version1"))
        }
    }

    @Test("of version 3 gets what clusters need, and its workers take no run of the new one")
    func version3() throws {
        let folder = URL.temporary(), file = folder.appending(path: "pcnlab.sqlite")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let schema = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Schemas/version3.sql")
        let old = try DatabaseQueue(path: file.path)
        try old.write { db in
            try db.execute(sql: try String(contentsOf: schema, encoding: .utf8))
            try db.execute(
                sql: """
                    INSERT INTO runs (id, model, dataset, seed, settings, dataset_digest, epochs, epoch, state, submitted_at, note)
                        VALUES ('0123456789abcdef', 'LinearNet-PCN16', 'shapes', 1, ?, 'digest', 3, 0, 'queued', 1, 'words')
                    """, arguments: [Settings.tiny(seed: 1).canonicalJSON])
        }
        let query = "SELECT id FROM runs INDEXED BY runs_to_claim WHERE state = 'queued'"
        #expect(try old.read { try String.fetchAll($0, sql: query) }.count == 1)
        let lab = try Lab(folder)
        #expect(try lab.database.read(SchemaTests.outline) == SchemaTests.inMemory().read(SchemaTests.outline))
        #expect(throws: DatabaseError.self) { try old.read { try String.fetchAll($0, sql: query) } }
        let run = try #require(try lab.runs().first)
        #expect(run.note == "words" && run.remote == nil)
        #expect(try lab.claim(worker: .current, arithmetic: "fused", threads: 1)?.run == run.id)
        #expect(FileManager.default.fileExists(atPath: file.path + ".version3"))
    }
}
