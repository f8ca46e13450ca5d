import Foundation
import ProgramUnderTest
import Testing

/// How runs of a folder of results are in the lab that takes them in, and what an altered folder is refused for.
@Suite("Imported runs")
struct ImportTests {
    private static let other = ["--lab", "other"]

    private func spec(epochs: Int, learningRate: Double = 1e-3) -> String {
        """
        {"name": "a", "architecture": "linearnet", "linear": "mlp", "dataset": "shapes", "train_samples": 60, "test_samples": 20,
         "widths": [8], "batch_size": 20, "epochs": \(epochs), "learning_rate": \(learningRate)}
        """
    }

    /// Trains the spec, and returns the run's id.
    private func train(_ program: Program, epochs: Int = 3) throws -> String {
        try program.run("submit", program.spec(spec(epochs: epochs)))
        #expect(try program.run("work", "--drain").status == 0)
        return try #require(program.status().keys.first)
    }

    private func there(_ program: Program, _ arguments: String...) throws -> Program.Output {
        try program.start(arguments + Self.other).finish()
    }

    @Test("that were extended have the figures of the length at which they were completed")
    func extended() throws {
        try Program.inNewFolder { program in
            let id = try train(program)
            try program.run("submit", program.spec(spec(epochs: 5)))
            let report = try program.run("report").out
            #expect(report.contains("the figures are those at epoch 3"))
            #expect(try program.run("publish", "results").status == 0)
            let published = try String(contentsOf: program.folder.appending(path: "results/report.md"), encoding: .utf8)
            #expect(published == report.replacing("queued", with: "paused"))
            #expect(try there(program, "import", "results").status == 0)
            #expect(try there(program, "report").out == published)
            // Without the extension it is completed, as it is here.
            #expect(try there(program, "cancel", id).status == 0)
            #expect(try program.run("cancel", id).status == 0)
            #expect(try there(program, "report").out == program.run("report").out)
        }
    }

    @Test("keep their figures when they are extended, which trains them from epoch 1, as `submit` says")
    func restarted() throws {
        try Program.inNewFolder { program in
            let id = try train(program)
            #expect(try program.run("publish", "results").status == 0)
            let report = try program.run("report").out
            #expect(try there(program, "import", "results").status == 0)
            let extended = try there(program, "submit", program.spec(spec(epochs: 400_000)))
            let note = "note: run \(id.prefix(8)) was imported without its weights, and is trained from epoch 1\n"
            #expect(extended.status == 0 && extended.error.contains(note), "\(extended.error)")
            let work = try program.start(["work"] + Self.other)
            defer { kill(work.process.processIdentifier, SIGKILL) }
            try until { work.log.contains("epoch 1/400000") }
            #expect(try there(program, "report").out.contains("the figures are those at epoch 3"))
            // The typing error is mended: the run is as it was imported, or is trained to its 3 epochs.
            #expect(try there(program, "submit", program.spec(spec(epochs: 3))).error.contains("1 run shortened"))
            try until { try there(program, "status", "--json").out.contains("\"completed\"") }
            kill(work.process.processIdentifier, SIGTERM)
            _ = try work.finish()
            #expect(try there(program, "report").out == report)
        }
    }

    @Test("that ended otherwise are in the same state, with the program's reason")
    func ended() throws {
        try Program.inNewFolder { program in
            try program.run("submit", program.spec(spec(epochs: 3, learningRate: 1e30)))
            #expect(try program.run("work", "--drain").status == 1)
            try program.run("submit", program.spec(spec(epochs: 3)))
            let queued = try #require(program.status().first { $0.value["state"] as? String == "queued" }?.key)
            try program.run("cancel", queued)
            #expect(try program.run("publish", "results").status == 0)
            #expect(try there(program, "import", "results").status == 0)
            let report = try program.run("report").out
            #expect(
                report.contains("diverged, epoch 0/3: the loss is not finite in epoch 1")
                    && report.contains("cancelled, epoch 0/3"))
            #expect(try there(program, "report").out == report)
            #expect(try there(program, "wait", "--timeout", "5").status == 1)
            let export = try there(program, "export", queued)
            #expect(export.status == 66 && export.error.contains("was imported without its weights; `pcnlab retry"))
            #expect(try there(program, "retry", queued).status == 0)
        }
    }

    @Test("that are paused and have no weights are trained after the command that the message names")
    func paused() throws {
        try Program.inNewFolder { program in
            try program.run("submit", program.spec(spec(epochs: 3)))
            let id = try #require(program.status().keys.first)
            #expect(try program.run("publish", "results").status == 0)
            #expect(try there(program, "import", "results").status == 0)
            let export = try there(program, "export", id)
            #expect(export.status == 66 && export.error.contains("`pcnlab resume \(id.prefix(8))`"), "\(export.error)")
            #expect(try there(program, "resume", id).status == 0)
        }
    }

    /// Publishes a completed run, and changes its object of `runs.json`.
    private func changed(_ program: Program, _ change: (inout [String: Any]) -> Void) throws -> Program.Output {
        _ = try train(program)
        #expect(try program.run("publish", "results", "--checkpoints").status == 0)
        let file = program.folder.appending(path: "results/runs.json")
        var contents = try #require(JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
        var runs = try #require(contents["runs"] as? [[String: Any]])
        change(&runs[0])
        contents["runs"] = runs + (runs[0]["twice"] == nil ? [] : [runs[0]])
        try JSONSerialization.data(withJSONObject: contents).write(to: file)
        let output = try there(program, "import", "results")
        #expect(!FileManager.default.fileExists(atPath: program.folder.appending(path: "other").path))
        return output
    }

    @Test(
        "are refused where a field was changed to what no run has, by its name",
        arguments: [
            ("final_test_accuracy", "7.5", "final_test_accuracy is 7.5; expected a number from 0 to 1"),
            ("final_validation_accuracy", "-1", "final_validation_accuracy is -1.0; expected a number from 0 to 1"),
            ("weights_sha256", "\"zz\"", "weights_sha256 is \"zz\"; expected 64 hexadecimal digits"),
            ("experiments", "[\"a\", \"a\"]", "experiments has a name twice"),
            ("epoch", "-5", "epoch is -5; expected 3, as it is completed"),
            ("epoch", "5.5", "has a number that does not fit its field"),
            ("twice", "true", "the file has it twice"),
            (
                "completions",
                "[{\"epochs\": 0, \"train_accuracy\": 0, \"test_accuracy\": 0, \"validation_accuracy\": null, \"weights_sha256\": \"\"}]",
                "completions has epochs 0"
            ),
        ])
    func fields(_ key: String, _ value: String, _ message: String) throws {
        let value = try JSONSerialization.jsonObject(with: Data(value.utf8), options: .fragmentsAllowed)
        try Program.inNewFolder { program in
            let output = try changed(program) { $0[key] = value }
            #expect(output.status == 65 && output.error.contains("results/runs.json: "), "\(output.error)")
            #expect(output.error.contains(message), "\(output.error)")
        }
    }

    @Test("are refused with the checkpoint of another run")
    func checkpointOfAnother() throws {
        try Program.inNewFolder { program in
            try program.run("submit", program.spec(smallSpec("small", epochs: 1)))
            #expect(try program.run("work", "--drain").status == 0)
            #expect(try program.run("publish", "results", "--checkpoints").status == 0)
            let file = program.folder.appending(path: "results/runs.json")
            var contents = try #require(JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
            var runs = try #require(contents["runs"] as? [[String: Any]])
            (runs[0]["checkpoint"], runs[1]["checkpoint"]) = (runs[1]["checkpoint"], runs[0]["checkpoint"])
            contents["runs"] = runs
            try JSONSerialization.data(withJSONObject: contents).write(to: file)
            let output = try there(program, "import", "results")
            #expect(output.status == 65 && output.error.contains("is of a run with other settings"), "\(output.error)")
        }
    }

    @Test(
        "are refused with numbers in their curves that no training has",
        arguments: [("loss", 1, "1.5e308"), ("loss", 1, "-1"), ("seconds", 5, "1e300")])
    func curves(_ name: String, _ column: Int, _ value: String) throws {
        try Program.inNewFolder { program in
            _ = try train(program)
            #expect(try program.run("publish", "results").status == 0)
            let file = try curve(program)
            var lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
            var cells = lines[1].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            cells[column] = value
            lines[1] = cells.joined(separator: ",")
            try lines.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
            let output = try there(program, "import", "results")
            #expect(output.status == 65 && output.error.contains("line 2: \(name) is \"\(value)\"; expected"), "\(output.error)")
        }
    }

    private func curve(_ program: Program) throws -> URL {
        let folder = program.folder.appending(path: "results/curves")
        return folder.appending(path: try #require(FileManager.default.contentsOfDirectory(atPath: folder.path).first))
    }

    @Test("are refused where a file of the folder is a link that leads out of it")
    func links() throws {
        try Program.inNewFolder { program in
            _ = try train(program)
            #expect(try program.run("publish", "results").status == 0)
            let file = try curve(program), outside = program.folder.appending(path: "outside.csv")
            try FileManager.default.moveItem(at: file, to: outside)
            try FileManager.default.createSymbolicLink(at: file, withDestinationURL: outside)
            let output = try there(program, "import", "results")
            #expect(output.status == 65 && output.error.contains("expected a path within the folder"), "\(output.error)")
        }
    }

    @Test("of a search that a plain experiment has too do not keep the search's name from the other lab")
    func searches() throws {
        let search = """
            {"name": "find", "architecture": "linearnet", "linear": "low_rank", "dataset": "shapes", "train_samples": 60,
             "test_samples": 20, "validation_samples": 20, "widths": [8], "batch_size": 20, "epochs": 2,
             "search": {"trials": 2, "space": {"d": {"from": 1, "to": 8}}}}
            """
        try Program.inNewFolder { program in
            try program.run("submit", program.spec(search))
            let run = try #require(program.status().values.first), settings = try #require(run["settings"] as? [String: Any])
            var plain = settings
            plain["name"] = "plain"
            let text = String(decoding: try JSONSerialization.data(withJSONObject: plain), as: UTF8.self)
            #expect(try program.run("submit", program.spec(text, "plain.json")).status == 0)
            #expect(try program.run("publish", "results").error.contains("1 run in results"))
            #expect(try there(program, "import", "results").status == 0)
            #expect(try there(program, "submit", "spec.json").status == 0)
        }
    }
}
