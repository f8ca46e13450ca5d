import Foundation
import GRDB
import ProgramUnderTest
import Testing

@Suite("log, verify and backup")
struct RecordTests {
    private let spec = smallSpec("a", epochs: 4, more: #", "checkpoint_every": 1"#)

    @Test("log tells a run's history and what its worker said, line by line")
    func log() throws {
        try Program.inNewFolder { program in
            let id = try #require(try program.run("submit", program.spec(spec)).lines.first).prefix(16)
            try program.run("work", "--drain")
            let lines = try program.run("log", String(id)).lines
            #expect(lines.first?.contains("* submitted") == true)
            for part in ["* attempt 1 started", "started, attempt 1", "epoch 4/4", "completed", "* attempt 1 ended: completed"] {
                #expect(lines.contains { $0.contains(part) }, "\(part)")
            }
            #expect(lines.map { $0.prefix(19) } == lines.map { $0.prefix(19) }.sorted())
            let data = Data(try program.run("log", String(id), "--json").out.utf8)
            let entries = try #require(try JSONSerialization.jsonObject(with: data) as? [[String: Any]])
            #expect(entries.compactMap { $0["kind"] as? String } == ["submitted", "started", "ended"])
        }
    }

    @Test("verify trains the last stretch again and finds the same bits, or says which it does not")
    func verify() throws {
        try Program.inNewFolder { program in
            let ids = try program.run("submit", program.spec(spec)).lines.map { String($0.prefix(16)) }
            #expect(try program.run("verify", ids[0]).status == 66, "there is no checkpoint yet")
            try program.run("work", "--drain")
            let same = try program.run("verify", ids[0], ids[1], ids[2], "--threads", "1")
            #expect(same.status == 0)
            #expect(
                same.lines.count == 3 && same.lines.allSatisfy { $0.contains("from epoch 3 to epoch 4: the same bits, SHA-256 ") }
            )

            // Rows that say otherwise, as if the run had been trained on another machine.
            let database = try DatabaseQueue(path: program.lab.appending(path: "pcnlab.sqlite").path)
            try database.write { try $0.execute(sql: "UPDATE epochs SET loss = loss + 1 WHERE epoch = 4") }
            try database.close()
            let other = try program.run("verify", ids[0])
            #expect(other.status == 1 && other.out.contains("not the same") && other.out.contains("other rows in epochs 4"))
            let final = try DatabaseQueue(path: program.lab.appending(path: "pcnlab.sqlite").path)
            try final.write {
                try $0.execute(sql: "UPDATE runs SET final_test_accuracy = 0.99 WHERE id = ?", arguments: [ids[1]])
            }
            try final.close()
            let figures = try program.run("verify", ids[1])
            #expect(figures.status == 1 && figures.out.contains("recorded with other final figures"), "\(figures)")
        }
    }

    @Test("backup copies the database while a worker writes to it, and never over another file")
    func backup() throws {
        try Program.inNewFolder { program in
            try program.run("submit", program.spec(smallSpec("a", epochs: 40, samples: 2000)))
            let work = try program.start(["work", "--drain", "--threads", "1"])
            defer { kill(work.process.processIdentifier, SIGKILL) }
            try until { try program.status().values.contains { $0["epoch"] as? Int ?? 0 > 0 } }
            let other = program.folder.appending(path: "other/pcnlab.sqlite")
            try FileManager.default.createDirectory(at: other.deletingLastPathComponent(), withIntermediateDirectories: true)
            #expect(try program.run("backup", "other/pcnlab.sqlite").status == 0)
            #expect(try program.run("backup", "other/pcnlab.sqlite").status == 73)
            #expect(try program.run("status", "--lab", "other").lines.contains { $0.contains("LinearNet-MLP") })
            #expect(try program.run("doctor", "--lab", "other").status == 0)
        }
    }
}
