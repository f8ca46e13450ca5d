import Foundation
import ProgramUnderTest
import Testing

@Suite("A search, as a person uses it", .serialized)
struct SearchCommandTests {
    private static func spec(_ trials: Int, epochs: Int = 9) -> String {
        """
        {"name": "find-rate", "architecture": "linearnet", "dataset": "shapes", "train_samples": 200, "test_samples": 100,
         "validation_samples": 200, "widths": [16], "batch_size": 20, "optimizer": "adam", "input_scale": "standard",
         "schedule": "cosine", "epochs": \(epochs),
         "search": {"trials": \(trials), "seed": 3,
          "space": {"linear": ["pcn", "low_rank"], "d": [2, 4, 8], "lambda": {"from": 0.5, "to": 8},
                    "learning_rate": {"from": 1e-5, "to": 1, "scale": "log"}},
          "halving": {"rungs": [1, 2, 4], "keep": "1/3"}}}
        """
    }

    /// Every run's state, epochs and weights, which say all that a search decided.
    private func outcome(_ program: Program) throws -> [String: String] {
        try program.status().mapValues { "\($0["state"] ?? "") \($0["epoch"] ?? "") \($0["weights_sha256"] ?? "")" }
    }

    private func winner(_ program: Program) throws -> String {
        let output = try program.run("search", "best", "find-rate", "--seeds", "3")
        #expect(output.status == 0)
        return output.out
    }

    @Test(
        "prunes and promotes the same trials to the same winner and the same bits, whoever trains it and however often it is killed"
    )
    func decisions() throws {
        var expected: [String: String] = [:], expectedWinner = ""
        try Program.inNewFolder { program in
            try program.run("submit", program.spec(Self.spec(81)))
            #expect(try program.run("work", "--drain", "--workers", "1", "--threads", "1").status == 0)
            (expected, expectedWinner) = (try outcome(program), try winner(program))
        }
        #expect(expected.count == 81 && expected.values.count { $0.hasPrefix("completed") } == 3)
        #expect(expected.values.count { $0.hasPrefix("pruned 1 ") } == 54)
        for workers in [2, 8] {
            try Program.inNewFolder { program in
                try program.run("submit", program.spec(Self.spec(81)))
                for round in 0..<6 {
                    let work = try program.start(["work", "--workers", "\(workers)", "--threads", "1"])
                    Thread.sleep(forTimeInterval: 0.15 + 0.07 * Double(round))
                    kill(work.process.processIdentifier, round % 2 == 0 ? SIGKILL : SIGTERM)
                    _ = try work.finish()
                }
                #expect(try program.run("work", "--drain", "--workers", "\(workers)", "--threads", "1").status == 0)
                #expect(try outcome(program) == expected, "with \(workers) workers")
                #expect(try winner(program) == expectedWinner)
            }
        }
    }

    @Test("is reported as a table, CSV, HTML, JSON and plots, and left out of Table 1")
    func formats() throws {
        try Program.inNewFolder { program in
            try program.run("submit", program.spec(Self.spec(9)))
            let empty = try program.run("report", "--search", "find-rate", "--plots", "plots")
            #expect(empty.status == 0 && empty.error.contains("no plot in plots: no trial has got to its first rung yet"))
            #expect(try program.run("work", "--drain").status == 0)
            let csv = try program.run("report", "--search", "find-rate", "--format", "csv")
            #expect(
                csv.lines[0] == "trial,run,model,linear,d,lambda,learning_rate,linear_parameters,state,epoch,"
                    + "validation_accuracy_1,validation_accuracy_2,validation_accuracy_4,validation_accuracy_9")
            #expect(csv.lines.count == 10 && csv.lines[1].contains(",completed,9,0."))
            let json = try program.run("report", "--search", "find-rate", "--format", "json")
            let rows = try #require(JSONSerialization.jsonObject(with: Data(json.out.utf8)) as? [[String: Any]])
            #expect(rows.count == 9 && (rows[0]["stages"] as? [Any])?.count == 4 && !json.out.contains("test_accuracy"))
            let html = try program.run("report", "--search", "find-rate", "--format", "html")
            #expect(html.out.contains("<svg") && html.out.contains("selected on 200 validation images"))
            #expect(try program.run("report", "--search", "find-rate", "--plots", "plots").status == 0)
            let svg = try String(contentsOf: program.folder.appending(path: "plots/find-rate-search.svg"), encoding: .utf8)
            for title in ["linear", "d", "λ", "learning rate", "linear parameters"] { #expect(svg.contains(">\(title)</text>")) }
            // Table 1 has no row for trials: their test accuracies are told nowhere.
            let table = try program.run("report")
            #expect(
                table.out.hasPrefix("No runs.\n\n- 9 trials of searches have no row: pcnlab report --search find-rate ranks"))
            #expect(try program.run("report", "--curves", "curves").status == 0)
            let folder = program.folder.appending(path: "curves/find-rate")
            let curve = try #require(FileManager.default.contentsOfDirectory(atPath: folder.path).first)
            let lines = try String(contentsOf: folder.appending(path: curve), encoding: .utf8)
            #expect(lines.hasPrefix("epoch,loss,train_accuracy,validation_accuracy\n"))
            let id = try #require(program.status().keys.min())
            let details = try program.run("status", id).out
            #expect(details.contains("validation") && !details.contains("test accuracy") && !details.contains(", test "))
            #expect(try program.run("verify", id).status == 0)
            // Errors name the remedy.
            let latex = try program.run("report", "--search", "find-rate", "--format", "latex")
            #expect(latex.status == 64 && latex.error.contains("--search is written as markdown, csv, html, json, not as latex"))
            try program.run("submit", program.spec(smallSpec("plain", epochs: 1), "plain.json"))
            let other = try program.run("report", "--search", "plain")
            #expect(other.status == 64 && other.error.contains("experiment plain is no search"))
            #expect(try program.run("report", "--search", "none").error.contains("no experiment none"))
        }
    }

    @Test("shows no test accuracy of its trials, ranks them by the validation images, and writes the winner on the whole split")
    func report() throws {
        try Program.inNewFolder { program in
            try program.run("submit", program.spec(Self.spec(9)))
            let early = try program.run("search", "best", "find-rate")
            #expect(early.status == 75 && early.error.contains("no trial of search find-rate is trained to its end yet"))
            #expect(try program.run("work", "--drain").status == 0)
            let status = try program.run("status", "--experiment", "find-rate")
            #expect(status.lines[0].contains("validation") && !status.lines[0].contains("test"))
            #expect(try program.status().values.allSatisfy { $0["test_accuracy"] is NSNull && $0["is_trial"] as? Bool == true })
            let report = try program.run("report", "--search", "find-rate")
            #expect(report.out.hasPrefix("**Search find-rate: 9 trials, selected on 200 validation images"))
            let trial = try #require(try program.status().keys.min())
            let confusion = try program.run("report", "--confusion", trial)
            #expect(confusion.status == 64 && confusion.out.isEmpty && confusion.error.contains("`pcnlab search best find-rate`"))
            // To stop the worst is what a search is for.
            #expect(try program.run("wait", "--experiment", "find-rate").status == 0)
            #expect(report.lines.count { $0.contains("pruned") } == 8 && !report.lines[2].contains("test"))
            let winner = try program.spec(winner(program), "winner.json")
            #expect(try program.run("submit", winner).status == 0)
            let runs = try program.status().values.filter { $0["experiment"] as? String == "find-rate-best" }
            #expect(runs.count == 3 && runs.allSatisfy { ($0["settings"] as? [String: Any])?["validation_samples"] == nil })
        }
    }
}
