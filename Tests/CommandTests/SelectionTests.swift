import Foundation
import ProgramUnderTest
import Testing

@Suite("Commands on a selection of runs")
struct SelectionTests {
    /// Two experiments: four runs of two ε and two seeds; and an mlp on which nothing depends.
    private func withRuns(_ body: (Program) throws -> Void) throws {
        try Program.inNewFolder { program in
            let common =
                #""architecture": "linearnet", "dataset": "shapes", "train_samples": 60, "test_samples": 20, "batch_size": 20, "widths": [8], "epochs": 2"#
            try program.run(
                "submit", "--tag", "first",
                program.spec(#"{"name": "a", \#(common), "d": 2, "sweep": {"epsilon": [0.1, 0.05], "seed": [1, 2]}}"#, "a.json"))
            try program.run("submit", program.spec(#"{"name": "b", \#(common), "linear": "mlp"}"#, "b.json"))
            try body(program)
        }
    }

    private func states(_ program: Program) throws -> [String: Int] {
        try program.status().values.reduce(into: [:]) { $0["\($1["state"] ?? "")", default: 0] += 1 }
    }

    @Test(
        "status, log, report and every command that changes runs take the same criteria",
        arguments: [
            (["--experiment", "a"], 4), (["--tag", "first"], 4), (["--model", "linearnet-mlp"], 1), (["--dataset", "shapes"], 5),
            (["--where", "epsilon=0.1"], 2), (["--where", "ε<0.1", "--where", "seed=2"], 1), (["--state", "queued"], 5),
            (["--state", "paused"], 0),
            (["--experiment", "a", "--where", "seed=1", "--state", "queued", "--state", "failed"], 2),
        ])
    func criteria(_ options: [String], _ count: Int) throws {
        try withRuns { program in
            let listed = try program.start(["status", "--json"] + options).finish()
            #expect(listed.out.components(separatedBy: #""id" : "#).count - 1 == count, "\(listed.out)")
            for command in ["cancel", "pause", "remove"] {
                let output = try program.start([command, "--dry-run"] + options).finish()
                #expect(output.status == 0 && output.lines.count == count, "\(command): \(output)")
            }
            for command in ["resume", "retry"] {
                #expect(try program.start([command, "--dry-run"] + options).finish().status == 0)
            }
            for command in ["log", "report"] { #expect(try program.start([command] + options).finish().status == 0) }
            #expect(try states(program) == ["queued": 5])
        }
    }

    @Test(
        "several runs are changed only after --yes where nobody can be asked; without it nothing is changed and the exit code is 64"
    )
    func yes() throws {
        try withRuns { program in
            for command in ["cancel", "pause", "remove"] {
                let refused = try program.run(command, "--experiment", "a")
                #expect(refused.status == 64 && refused.error.contains("--yes"), "\(refused.error)")
            }
            #expect(try states(program) == ["queued": 5])
            let paused = try program.run("pause", "--experiment", "a", "--yes")
            #expect(paused.status == 0 && paused.lines.count == 4 && paused.lines.allSatisfy { $0.hasSuffix("paused") })
            #expect(paused.lines.count { $0.contains("ε 0.05") } == 2, "every line tells its run: \(paused.out)")
            #expect(try states(program) == ["paused": 4, "queued": 1])
            // One run needs no question, except to be removed.
            #expect(try program.run("pause", "--experiment", "b").status == 0)
            #expect(try program.run("remove", "--experiment", "b").status == 64)
            #expect(try program.run("resume", "--all", "--yes").lines.count == 5)
        }
    }

    private func ask(_ program: Program, _ answer: String) throws -> Int32 {
        let window = try TerminalWindow(program, ["cancel", "--experiment", "a"], rows: 24, columns: 120, isWhole: true)
        try until { window.whole().contains("cancel 4 runs (4 queued)? [y/N] ") }
        return window.answer(answer)
    }

    @Test("on a terminal it asks: y does it, anything else does nothing")
    func question() throws {
        try withRuns { (program) throws in
            #expect(try ask(program, "") == 64)
            #expect(try ask(program, "no") == 64)
            #expect(try states(program) == ["queued": 5])
            #expect(try ask(program, "y") == 0)
            #expect(try states(program) == ["cancelled": 4, "queued": 1])
        }
    }

    @Test("of a selection, runs that refuse a command are counted and left; a run that was named is an error")
    func refusals() throws {
        try withRuns { program in
            try program.run("cancel", "--where", "seed=1", "--yes", "--experiment", "a")
            let output = try program.run("pause", "--experiment", "a", "--yes")
            #expect(output.status == 0 && output.lines.count == 2)
            #expect(output.error.contains("2 runs; 2 others refuse to pause"), "\(output.error)")
            let cancelled = try #require(try program.status().first { $0.value["state"] as? String == "cancelled" }?.key)
            #expect(try program.run("pause", cancelled).status == 64)
        }
    }

    @Test("a condition that is wrong is refused with what would be right")
    func wrong() throws {
        try withRuns { program in
            for (condition, remedy) in [
                ("epsilo=0.1", "did you mean epsilon?"), ("d", "write a setting"), ("d=x", "a whole number"),
            ] {
                let output = try program.run("status", "--where", condition)
                #expect(output.status == 64 && output.error.contains(remedy), "\(output.error)")
            }
            #expect(try program.run("cancel").error.contains("--experiment, --state, --tag"))
        }
    }

    @Test("set gives runs a priority, tags and a note, which status shows")
    func set() throws {
        try withRuns { program in
            let id = try #require(try program.status().first { "\($0.value["model"] ?? "")" == "LinearNet-MLP" }?.key)
            let output = try program.run("set", id, "--priority", "-3", "--add-tag", "last", "--note", "the baseline")
            #expect(output.status == 0 && output.out.contains("priority -3, tag +last, note"), "\(output)")
            let run = try program.status()[id]
            #expect(
                run?["priority"] as? Int == -3 && run?["tags"] as? [String] == ["last"]
                    && run?["note"] as? String == "the baseline")
            #expect(try program.run("status", id).out.contains("the baseline"))
            #expect(try program.run("set", id).status == 64)
            #expect(try program.run("set", "--all", "--remove-tag", "first", "--yes").lines.count == 5)
            #expect(try program.run("status", "--tag", "first").out.contains("no runs"))
        }
    }
}

@Suite("Removed runs")
struct RemoveTests {
    private let spec = """
        {"name": "a", "architecture": "linearnet", "dataset": "shapes", "train_samples": 60, "test_samples": 20, "batch_size": 20,
         "widths": [8], "epochs": 3, "sweep": {"seed": [1, 2]}}
        """

    @Test(
        "are gone from status and from disk; submitted again they are trained anew to the same bits, and attempts go on counting")
    func removed() throws {
        try Program.inNewFolder { program in
            try program.run("submit", program.spec(spec))
            try program.run("work", "--drain")
            let before = try program.results()
            let id = try #require(before.keys.sorted().first)
            let output = try program.run("remove", id, "--yes")
            #expect(
                output.status == 0 && output.lines.count == 1 && output.lines[0].hasPrefix(id)
                    && output.lines[0].hasSuffix("removed"))
            #expect(try program.status()[id] == nil && program.status().count == 1)
            let files = try FileManager.default.subpathsOfDirectory(atPath: program.lab.path)
            #expect(!files.contains { $0.contains(id) })
            let gone = try program.run("status", id)
            #expect(gone.status == 64 && gone.error.contains("was removed on") && gone.error.contains("submit its spec again"))
            #expect(try program.run("log").out.contains("removed: run \(id)"))
            #expect(try program.run("doctor").status == 0)
            #expect(try program.run("submit", "spec.json").lines.contains { $0.hasPrefix(id) && $0.hasSuffix("queued") })
            try program.run("work", "--drain")
            #expect(try program.results() == before)
            #expect(try program.status()[id]?["attempts"] as? Int == 2)
        }
    }

    @Test("that a worker trains are stopped, and leave nothing behind")
    func running() throws {
        try Program.inNewFolder { program in
            try program.run("submit", program.spec(spec.replacing("\"epochs\": 3", with: "\"epochs\": 1000000")))
            let work = try program.start(["work", "--drain", "--threads", "1"])
            defer { kill(work.process.processIdentifier, SIGKILL) }
            try until {
                try program.status().values.contains { $0["state"] as? String == "running" && $0["epoch"] as? Int ?? 0 > 3 }
            }
            #expect(try program.run("remove", "--all", "--yes").status == 0)
            let end = try work.finish()
            #expect(end.status == 0, "\(end.error)")
            #expect(end.error.contains("superseded"))
            #expect(try program.status().isEmpty)
            let left = try FileManager.default.subpathsOfDirectory(atPath: program.lab.path).filter {
                $0.hasSuffix(".safetensors")
            }
            #expect(left == [])
            #expect(try program.run("doctor").status == 0)
        }
    }

    @Test("of a schedule that depends on the length, submit names the run of the other length and how to remove it")
    func otherLength() throws {
        try Program.inNewFolder { program in
            let cosine = spec.replacing("\"epochs\": 3", with: "\"epochs\": 35000, \"schedule\": \"cosine\"")
            try program.run("submit", program.spec(cosine))
            let stale = try program.status().keys
            let output = try program.run("submit", program.spec(cosine.replacing("35000", with: "350")))
            #expect(output.status == 0)
            for id in stale { #expect(output.error.contains("`pcnlab remove \(id.prefix(8))` removes it"), "\(output.error)") }
            #expect(try !program.run("submit", program.spec(spec)).error.contains("pcnlab remove"))
        }
    }
}
