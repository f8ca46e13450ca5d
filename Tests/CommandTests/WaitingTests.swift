import Foundation
import ProgramUnderTest
import Testing

@Suite("Waiting for runs")
struct WaitingTests {
    private let spec = """
        {"name": "a", "architecture": "linearnet", "dataset": "shapes", "train_samples": 60, "test_samples": 20, "batch_size": 20,
         "widths": [8], "epochs": 3, "sweep": {"seed": [1, 2]}}
        """

    @Test("wait ends when the runs have ended, with 0 if all are completed, 1 if one is not, and 75 after its time")
    func outcomes() throws {
        try Program.inNewFolder { program in
            try program.run("submit", program.spec(spec))
            let early = try program.run("wait", "--experiment", "a", "--timeout", "0.3")
            #expect(early.status == 75 && early.error.contains("2 runs have not ended yet"))
            let wait = try program.start(["wait", "--experiment", "a"])
            try program.run("work", "--drain")
            let end = try wait.finish()
            #expect(end.status == 0 && end.lines.count == 2 && end.lines.allSatisfy { $0.hasSuffix("completed") }, "\(end)")
            try program.run("submit", program.spec(spec.replacing("\"seed\": [1, 2]", with: "\"seed\": [3]")))
            let third = try #require(try program.status().first { $0.value["state"] as? String == "queued" }?.key)
            try program.run("cancel", third)
            let cancelled = try program.run("wait", third, "--json")
            #expect(cancelled.status == 1 && cancelled.out.contains("\"cancelled\""))
        }
    }

    @Test(
        "work --on-end runs its command for every run that ends, and tells it the run; one that fails is named, and training goes on"
    )
    func onEnd() throws {
        try Program.inNewFolder { program in
            try program.run("submit", program.spec(spec))
            let command = "echo $PCNLAB_RUN $PCNLAB_STATE $PCNLAB_EPOCH $PCNLAB_TEST_ACCURACY >> ends; test $PCNLAB_SEED = 1"
            let work = try program.run("work", "--drain", "--on-end", command)
            #expect(work.status == 0, "\(work.error)")
            let lines = try String(contentsOf: program.folder.appending(path: "ends"), encoding: .utf8).split(separator: "\n")
            let runs = try program.status()
            let expected = runs.values.map { "\($0["id"] ?? "") completed 3 \($0["final_test_accuracy"] ?? "")" }
            #expect(lines.map(String.init).sorted() == expected.sorted())
            #expect(work.error.components(separatedBy: "--on-end for run").count == 2 && work.error.contains("exit code 1"))
        }
    }

    @Test("set refuses a tag that is empty, or is to be added and removed")
    func tags() throws {
        try Program.inNewFolder { program in
            try program.run("submit", program.spec(spec))
            let contradiction = try program.run("set", "--experiment", "a", "--yes", "--add-tag", "x", "--remove-tag", "x")
            #expect(contradiction.status == 64 && contradiction.error.contains("\"x\" is to be added and removed"))
            #expect(try program.run("set", "--experiment", "a", "--yes", "--add-tag", "").status == 64)
            #expect(try program.run("submit", "spec.json", "--tag", "").status == 64)
        }
    }

    @Test("clean removes the checkpoints of ended runs that nothing needs, and says by which rule")
    func clean() throws {
        try Program.inNewFolder { program in
            try program.run(
                "submit", program.spec(spec.replacing("\"epochs\": 3", with: "\"epochs\": 6, \"checkpoint_every\": 2")))
            try program.run("work", "--drain")
            func files() throws -> [String] {
                try FileManager.default.subpathsOfDirectory(atPath: program.lab.path).filter { $0.hasSuffix(".safetensors") }
            }
            let before = try files().count
            #expect(before > 2)
            #expect(try program.run("clean", "--kept", "--dry-run").status == 0)
            #expect(try program.run("clean", "--kept").status == 64)
            #expect(try files().count == before)
            let output = try program.run("clean", "--kept", "--yes")
            #expect(output.status == 0 && output.error.contains("all checkpoints but the newest"), "\(output)")
            #expect(try files().count == 2)
            for id in try program.status().keys {
                #expect(try program.run("export", id).status == 0)
                #expect(try program.run("verify", id).out.contains("the same bits"))
            }
            #expect(try program.run("clean", "--yes").error.contains("nothing to remove"))
            #expect(try program.run("doctor").status == 0)
            #expect(try program.run("status").out.contains("checkpoints take"))
        }
    }
}
