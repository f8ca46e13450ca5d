import Foundation
import ProgramUnderTest
import Testing

/// Folders of results with checkpoints, by which another lab goes on with runs.
@Suite("A folder of results with checkpoints")
struct HandOverTests {
    private static let results = "results"

    private func checkpoints(_ folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "results/checkpoints").path).sorted()
    }

    @Test("lets runs that are not at their end go on in another lab, to the same bits")
    func goesOn() throws {
        let spec = { (epochs: Int) in
            """
            {"name": "a", "architecture": "linearnet", "dataset": "shapes", "train_samples": 2000, "test_samples": 200, "widths": [64],
             "input_scale": "standard", "batch_size": 50, "optimizer": "adam", "learning_rate": 1e-3, "epochs": \(epochs)}
            """
        }
        var expected: [String: String] = [:]
        try Program.inNewFolder { program in
            try program.run("submit", program.spec(spec(12)))
            #expect(try program.run("work", "--drain").status == 0)
            expected = try program.results()
        }
        try Program.inNewFolder { first in
            try first.run("submit", first.spec(spec(4)))
            #expect(try first.run("work", "--drain").status == 0)
            try first.run("submit", first.spec(spec(12)))
            let (id, begun) = try #require(try first.status().first)
            try #require(begun["epoch"] as? Int == 4 && begun["state"] as? String == "queued")
            let published = try first.run("publish", Self.results, "--checkpoints")
            #expect(published.status == 0 && published.error.contains("1 run, 1 checkpoint in results"), "\(published.error)")
            #expect(try checkpoints(first.folder).map { $0.hasPrefix(id) } == [true])
            try Program.inNewFolder { second in
                let imported = try second.run("import", first.folder.appending(path: Self.results).path)
                #expect(imported.status == 0, "\(imported.error)")
                #expect(try second.status()[id]?["state"] as? String == "paused")
                #expect(try second.run("doctor").status == 0)
                #expect(try second.run("export", id).status == 0)
                // Published again as it is, it is the same folder.
                #expect(try second.run("publish", Self.results, "--checkpoints").status == 0)
                for file in ["report.md", "checkpoints/\(try checkpoints(first.folder)[0])"] {
                    let pair = try [first, second].map { try Data(contentsOf: $0.folder.appending(path: "results/\(file)")) }
                    #expect(pair[0] == pair[1], "\(file)")
                }
                try second.run("resume", id)
                let work = try second.run("work", "--drain")
                #expect(work.status == 0 && !work.error.contains("epoch 4/12"), "\(work.error)")
                #expect(try second.results() == expected)
                #expect(try second.status()[id]?["attempts"] as? Int == 2)
                // A newer checkpoint takes the older one's place; without the option there are none.
                #expect(try second.run("publish", Self.results, "--checkpoints").status == 0)
                let newer = try checkpoints(second.folder)
                #expect(newer.count == 1 && newer[0].hasPrefix("\(id)-e12-b0"), "\(newer)")
                #expect(try second.run("publish", Self.results).status == 0)
                #expect(try checkpoints(second.folder).isEmpty)
            }
        }
    }

    @Test("is refused where a checkpoint was changed, and nothing of it is taken in")
    func changed() throws {
        try Program.inNewFolder { program in
            try program.run("submit", program.spec(smallSpec("a", epochs: 2)))
            #expect(try program.run("work", "--drain").status == 0)
            #expect(try program.run("publish", Self.results, "--checkpoints").status == 0)
            let list = program.folder.appending(path: "results/runs.json")
            let text = try String(contentsOf: list, encoding: .utf8)
            func refused(_ message: String) throws {
                let output = try program.start(["import", Self.results, "--lab", "other"]).finish()
                #expect(output.status == 65 && output.error.contains(message), "\(output.error)")
                #expect(!FileManager.default.fileExists(atPath: program.folder.appending(path: "other").path))
            }
            for (old, new, message) in [
                ("\"batch\" : 0", "\"batch\" : 3", "is not of epoch 2 and batch 3"),
                ("\"file\" : \"checkpoints", "\"file\" : \"../checkpoints", "expected a path within the folder"),
            ] {
                try text.replacing(old, with: new, maxReplacements: 1).write(to: list, atomically: true, encoding: .utf8)
                try refused(message)
            }
            try text.write(to: list, atomically: true, encoding: .utf8)
            let file = program.folder.appending(path: "results/checkpoints/\(try checkpoints(program.folder)[1])")
            var bytes = try Data(contentsOf: file)
            bytes[bytes.count - 3] ^= 1
            try bytes.write(to: file)
            try refused("is damaged: its SHA-256 is")
            // A pipe, which nobody writes to.
            try FileManager.default.removeItem(at: file)
            #expect(mkfifo(file.path, 0o600) == 0)
            let output = try program.start(["import", Self.results, "--lab", "other"]).finish()
            #expect(output.status == 66 && output.error.contains("cannot read"), "\(output.error)")
        }
    }
}
