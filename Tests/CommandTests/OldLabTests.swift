import Foundation
import GRDB
import ProgramUnderTest
import Testing

/// Labs/version2 was made by the program of schema version 2, before checkpoints were streamed, from Labs/version2.json: five runs
/// by their seeds, 1 completed, 2 stopped after epoch 4 and queued, 3 killed at its last checkpoint and still `running`, 4 queued,
/// 5 paused.
@Suite("A lab made by the previous version", .serialized)
struct OldLabTests {
    private static let labs = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Labs")
    private static let ids = [
        "e01705e9642b3c20", "3464a64914599d1e", "0c693d2a55f24b3d", "73b5cfefef6b1fd2", "d975bff8d073612d",
    ]

    private func withOldLab(_ body: (Program) throws -> Void) throws {
        try Program.inNewFolder { program in
            try FileManager.default.copyItem(at: Self.labs.appending(path: "version2"), to: program.lab)
            try body(program)
        }
    }

    private func states(_ program: Program) throws -> [String?] {
        let runs = try program.status()
        #expect(Set(runs.keys) == Set(Self.ids))
        return Self.ids.map { runs[$0]?["state"] as? String }
    }

    @Test("opens, is migrated with a backup beside, its runs go on and keep their ids")
    func goesOn() throws {
        try withOldLab { program in
            #expect(try states(program) == ["completed", "queued", "running", "queued", "paused"])
            let before = try program.status()
            #expect(before[Self.ids[2]]?["abandoned"] as? String == "worker gone")
            let database = program.lab.appending(path: "pcnlab.sqlite").path
            let version = try DatabaseQueue(path: database).read { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0 }
            #expect(version >= 2 && FileManager.default.fileExists(atPath: database + ".version2") == (version > 2))

            // The old spec names the same runs.
            let spec = try String(contentsOf: Self.labs.appending(path: "version2.json"), encoding: .utf8)
            let submitted = try program.run("submit", program.spec(spec))
            #expect(submitted.status == 0 && submitted.lines.map { String($0.prefix(16)) } == Self.ids, "\(submitted)")
            #expect(submitted.lines.allSatisfy { $0.contains("already there") })

            #expect(try program.run("resume", Self.ids[4]).status == 0)
            let work = try program.run("work", "--drain")
            #expect(work.status == 0, "\(work.error)")
            #expect(try states(program) == [String?](repeating: "completed", count: 5))

            let after = try program.status()
            // Its settings are its id.
            for (key, value) in before[Self.ids[0]] ?? [:]
            where !["settings", "blas_kernels", "arithmetic", "completions"].contains(key) {
                let now = after[Self.ids[0]]?[key] as? NSObject
                #expect(now == value as? NSObject, "\(key) of the completed run: \(value), now \(now ?? NSNull())")
            }
            #expect(Self.ids.map { after[$0]?["attempts"] as? Int } == [1, 2, 2, 1, 1])
            // Rows without a gap, every checkpoint whole, nothing left over.
            #expect(try program.run("doctor").status == 0)
            #expect(after.values.allSatisfy { $0["epoch"] as? Int == 8 && $0["tags"] as? [String] == ["kept"] })
        }
    }

    @Test("is changed by no command that only reads")
    func readers() throws {
        try withOldLab { program in
            // The first one to open it migrates it.
            try program.run("status")
            let contents = {
                try DatabaseQueue(path: program.lab.appending(path: "pcnlab.sqlite").path).read { db in
                    try ["runs", "attempts", "events", "checkpoints", "epochs"].flatMap {
                        try Row.fetchAll(db, sql: "SELECT * FROM \($0)").map { "\($0)" }
                    }
                }
            }
            let before = try contents()
            let id = Self.ids[2]
            for command in [
                ["status"], ["status", "--json"], ["status", id], ["report"], ["log", id], ["doctor"], ["export", id],
            ] {
                _ = try program.start(command).finish()
            }
            #expect(try program.run("status", id).out.contains("no worker trains it (worker gone)"))
            #expect(try contents() == before)
            #expect(
                try program.run("pause", id).out.contains("paused"), "a command that changes runs sees to the dead worker first")
        }
    }
}
