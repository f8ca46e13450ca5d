import Foundation
import ProgramUnderTest
import Testing

@Suite("publish and import")
struct PublishTests {
    private static let results = "results"

    /// Trains some small runs, and publishes them.
    private func publish(_ program: Program) throws {
        try program.run("submit", program.spec(smallSpec("small", epochs: 3)))
        #expect(try program.run("work", "--drain").status == 0)
        let output = try program.run("publish", Self.results)
        #expect(output.status == 0 && output.error.hasSuffix("runs in results\n"), "\(output.error)")
    }

    @Test("carry a report from lab to lab, to the byte, and what retry trains there has the same weights")
    func carried() throws {
        try Program.inNewFolder { program in
            try publish(program)
            let report = try String(contentsOf: program.folder.appending(path: "results/report.md"), encoding: .utf8)
            let files = try FileManager.default.subpathsOfDirectory(atPath: program.folder.appending(path: Self.results).path)
            #expect(files.contains("report.html") && files.contains { $0.hasSuffix("-loss.svg") })
            let here = try program.status()
            let text = try String(contentsOf: program.folder.appending(path: "results/runs.json"), encoding: .utf8)
            #expect(!text.contains(ProcessInfo.processInfo.hostName) && text.contains("weights_sha256"))
            let other = ["--lab", "other"]
            let imported = try program.start(["import", Self.results] + other).finish()
            #expect(imported.status == 0 && imported.lines.count == here.count, "\(imported.error)")
            #expect(try program.start(["report"] + other).finish().out == report)
            let id = try #require(here.keys.sorted().first)
            let export = try program.start(["export", id] + other).finish()
            #expect(export.status == 66 && export.error.contains("was imported without its weights; `pcnlab retry"))
            // A second time nothing changes.
            #expect(try program.start(["import", Self.results] + other).finish().out.contains("is in the lab already"))
            #expect(try program.start(["status", "--tag", "imported", "--json"] + other).finish().out.contains(id))
            #expect(try program.start(["retry", id] + other).finish().status == 0)
            #expect(try program.start(["work", "--drain"] + other).finish().status == 0)
            let status = try program.start(["status", id] + other).finish().out
            let digest = try #require(here[id]?["weights_sha256"] as? String)
            #expect(status.contains(digest) && !status.contains("not reproduced") && !status.contains("tags"), "\(status)")
        }
    }

    @Test(
        "refuse a folder that was changed, with the file and what is wrong",
        arguments: [
            ("\"seed\" : 1", "\"seed\" : 2", "its settings and data are those of run"),
            ("\"curve\" : \"curves/", "\"curve\" : \"../curves/", "expected a path within the folder"),
            ("\"state\" : \"completed\"", "\"state\" : \"paused\"", "the final figures do not fit it"),
            ("\"small\"", "\"a/b\"", "\"a/b\" cannot be the name of an experiment"),
            ("\"model\"", "\"mode\"", "runs[0].model is missing"), ("{", "", "is no JSON"),
        ])
    func changed(_ old: String, _ new: String, _ message: String) throws {
        try Program.inNewFolder { program in
            try publish(program)
            let file = program.folder.appending(path: "results/runs.json")
            let text = try String(contentsOf: file, encoding: .utf8)
            try text.replacing(old, with: new, maxReplacements: 1).write(to: file, atomically: true, encoding: .utf8)
            let output = try program.start(["import", Self.results, "--lab", "other"]).finish()
            #expect(output.status == 65 && output.error.contains("results/runs.json: "), "\(output.error)")
            #expect(output.error.contains(message), "\(output.error)")
            #expect(!FileManager.default.fileExists(atPath: program.folder.appending(path: "other").path))
        }
    }

    @Test("refuse a curve with a number that is none, by its line")
    func curve() throws {
        try Program.inNewFolder { program in
            try publish(program)
            let folder = program.folder.appending(path: "results/curves")
            let file = folder.appending(
                path: try #require(FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().first))
            var lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
            lines[2] = "2,soon" + lines[2].dropFirst(lines[2].prefix { $0 != "," }.count + 1).drop { $0 != "," }
            try lines.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
            let output = try program.start(["import", Self.results, "--lab", "other"]).finish()
            #expect(
                output.status == 65 && output.error.contains("line 3: loss is \"soon\"; expected a number"), "\(output.error)")
        }
    }
}
