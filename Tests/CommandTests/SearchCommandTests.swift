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
            #expect(report.lines.count { $0.contains("pruned") } == 8 && !report.lines[2].contains("test"))
            let winner = try program.spec(winner(program), "winner.json")
            #expect(try program.run("submit", winner).status == 0)
            let runs = try program.status().values.filter { $0["experiment"] as? String == "find-rate-best" }
            #expect(runs.count == 3 && runs.allSatisfy { ($0["settings"] as? [String: Any])?["validation_samples"] == nil })
        }
    }
}
