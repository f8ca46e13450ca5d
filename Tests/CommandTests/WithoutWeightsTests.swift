import Foundation
import GRDB
import ProgramUnderTest
import Testing

@Suite("export and verify of runs without weights")
struct WithoutWeightsTests {
    @Test("say what state it is in and what to do; beside unfinished weights, whose they are")
    func withoutWeights() throws {
        try Program.inNewFolder { program in
            let spec = { (name: String, rate: String) in
                """
                {"name": "a", "architecture": "linearnet", "linear": "mlp", "dataset": "shapes", "train_samples": 60, "test_samples": 20,
                 "batch_size": 20, "widths": [8], "epochs": 2, "learning_rate": \(rate), "checkpoint_every": 1}
                """
            }
            let submit = { (rate: String) in
                String(try #require(try program.run("submit", program.spec(spec("a", rate))).lines.first?.prefix(16)))
            }
            let diverged = try submit("1e30")
            try program.run("work", "--drain")
            let (queued, paused, cancelled, failed) = (try submit("0.1"), try submit("0.2"), try submit("0.3"), try submit("0.4"))
            try program.run("pause", paused)
            try program.run("cancel", cancelled)
            let database = try DatabaseQueue(path: program.lab.appending(path: "pcnlab.sqlite").path)
            try database.write {
                try $0.execute(sql: "UPDATE runs SET state = 'failed', error = 'it was so' WHERE id = ?", arguments: [failed])
            }
            try database.close()
            let sentences = [
                (diverged, "diverged before its first checkpoint: ", "such as a lower learning_rate"),
                (queued, "is queued and has no weights yet", "`pcnlab work` trains it"),
                (paused, "is paused and has no weights yet", "`pcnlab resume \(paused.prefix(8))`"),
                (cancelled, "was cancelled before its first checkpoint", "`pcnlab retry \(cancelled.prefix(8))`"),
                (failed, "failed before its first checkpoint: it was so", "`pcnlab retry \(failed.prefix(8))`"),
            ]
            for (id, what, remedy) in sentences {
                for command in [["export", id], ["export", id, "--format", "onnx"], ["verify", id]] {
                    let output = try program.start(command).finish()
                    #expect(
                        output.status == 66 && output.error.contains(what) && output.error.contains(remedy),
                        "\(command): \(output)")
                }
            }
            // Weights of the first epoch, of a run that was to have more.
            try program.run("work", "--drain")
            try program.run("submit", program.spec(spec("a", "0.1").replacing(#""epochs": 2"#, with: #""epochs": 4"#)))
            try program.run("pause", queued)
            let early = try program.run("export", queued)
            #expect(early.status == 0 && early.error.contains("these are not final weights: the run is paused"), "\(early)")
        }
    }

    @Test("do what they can of several runs, and say what is wrong with the others")
    func several() throws {
        try Program.inNewFolder { program in
            let spec = { (rate: String) in
                """
                {"name": "a", "architecture": "linearnet", "linear": "mlp", "dataset": "shapes", "train_samples": 60, "test_samples": 20,
                 "batch_size": 20, "widths": [8], "epochs": 1, "learning_rate": \(rate)}
                """
            }
            for rate in ["1e30", "0.001"] { try program.run("submit", program.spec(spec(rate))) }
            #expect(try program.run("work", "--drain").status == 1)
            let export = try program.run("export", "--experiment", "a")
            #expect(export.status == 66 && export.error.contains("diverged before its first checkpoint"), "\(export)")
            #expect(export.lines.count == 1 && export.lines[0].hasSuffix(".safetensors"))
            let ids = try program.status().sorted { one, _ in one.value["state"] as? String == "diverged" }.map(\.key)
            for options in [[], ["--json"]] {
                let verify = try program.start(["verify"] + ids + options).finish()
                #expect(
                    verify.status == 66 && verify.out.contains(ids[1]) && verify.error.contains(ids[0].prefix(8)), "\(verify)")
            }
        }
    }
}
