import Foundation
import ProgramUnderTest
import Testing

@Suite("A run outlives its worker", .serialized)
struct CrashTests {
    /// The results of a spec that nothing disturbs.
    private func undisturbed(_ spec: String) throws -> [String: String] {
        var results: [String: String] = [:]
        try Program.inNewFolder { program in
            try program.run("submit", program.spec(spec))
            #expect(try program.run("work", "--drain").status == 0)
            results = try program.results()
        }
        return results
    }

    /// Epochs of runs that do not end before a test has done with them what it wants: it shortens them then.
    private static let endless = 100_000

    private func spec(epochs: Int) -> String { smallSpec("a", epochs: epochs, samples: 3000) }

    /// The epochs that are trained already, and some more.
    private func someMore(_ program: Program, _ more: Int) throws -> Int {
        more + (try program.status().values.compactMap { $0["epoch"] as? Int }.max() ?? 0)
    }

    /// Whether a worker has reported an epoch of as many runs.
    private func trains(_ worker: Program.Running, runs: Int) -> Bool {
        let lines = worker.log.split(separator: "\n").filter { $0.contains("  epoch ") }
        // Date, time, UTC, run.
        return Set(lines.compactMap { $0.split(separator: " ").dropFirst(3).first }).count >= runs
    }

    @Test("killed or terminated again and again, with other threads and workers: every bit is the same")
    func disturbed() throws {
        try Program.inNewFolder { program in
            try program.run("submit", program.spec(spec(epochs: Self.endless)))
            let options = [["--threads", "1"], ["--threads", "2"], ["--workers", "2"], ["--workers", "3", "--threads", "2"]]
            for (index, option) in options.enumerated() {
                let work = try program.start(["work"] + option)
                defer { kill(work.process.processIdentifier, SIGKILL) }
                try until { trains(work, runs: max(1, index)) }
                if index % 2 == 0 {
                    kill(work.process.processIdentifier, SIGKILL)
                    #expect(try work.finish().status == -SIGKILL)
                } else {
                    let signal = index == 1 ? SIGTERM : SIGINT
                    kill(work.process.processIdentifier, signal)
                    #expect(try work.finish().status == 128 + signal)
                }
            }
            let spec = spec(epochs: try someMore(program, 40))
            try program.run("submit", program.spec(spec))
            #expect(try program.run("work", "--drain").status == 0)
            let (results, expected) = (try program.results(), try undisturbed(spec))
            #expect(results == expected && expected.count == 3)
            let attempts = try program.status().values.compactMap { $0["attempts"] as? Int }
            #expect(attempts.count == 3 && attempts.allSatisfy { $0 > 1 }, "each was disturbed: \(attempts)")
        }
    }

    @Test("killed in the middle of AlexNet with its dropout, it ends at the same bits")
    func dropout() throws {
        let spec = { (epochs: Int) in
            """
            {"name": "a", "architecture": "alexnet", "dataset": "shapes", "train_samples": 5, "test_samples": 2, "d": 4,
             "widths": [24, 17], "input_scale": "standard", "batch_size": 2, "epochs": \(epochs), "optimizer": "adam",
             "learning_rate": 1e-3, "checkpoint_every": 1}
            """
        }
        try Program.inNewFolder { program in
            try program.run("submit", program.spec(spec(Self.endless)))
            let work = try program.start(["work", "--threads", "1"])
            defer { kill(work.process.processIdentifier, SIGKILL) }
            try until { work.log.contains("epoch 2/") }
            kill(work.process.processIdentifier, SIGKILL)
            #expect(try work.finish().status == -SIGKILL)
            let whole = spec(try someMore(program, 5))
            try program.run("submit", program.spec(whole))
            #expect(try program.run("work", "--drain", "--threads", "2").status == 0)
            #expect(try program.results() == undisturbed(whole))
            #expect(try program.status().values.allSatisfy { $0["attempts"] as? Int == 2 })
        }
    }

    @Test("paused, it holds still with a checkpoint; resumed, it goes on to the same bits; cancelled, it stops for good")
    func paused() throws {
        try Program.inNewFolder { program in
            let ids = try program.run("submit", program.spec(spec(epochs: Self.endless))).lines.compactMap {
                $0.split(separator: " ").first.map(String.init)
            }
            let work = try program.start(["work"])
            defer { kill(work.process.processIdentifier, SIGKILL) }
            let state = { (id: String) in try program.status()[id]?["state"] as? String }
            try until { work.log.contains("epoch 1/") }
            #expect(try program.run("pause", ids[0], ids[1]).status == 0)
            #expect(try program.run("cancel", ids[2]).status == 0)
            try until { try ids.map(state) == ["paused", "paused", "cancelled"] }
            #expect(try program.run("pause", ids[2]).status == 64)
            let spec = spec(epochs: try someMore(program, 40))
            try program.run("submit", program.spec(spec))
            #expect(try program.run("resume", ids[0], ids[1]).status == 0)
            #expect(try program.run("retry", String(ids[2].prefix(9))).status == 0)
            try until { try program.status().values.allSatisfy { $0["state"] as? String == "completed" } }
            #expect(try program.results() == undisturbed(spec))
        }
    }

    @Test("with a damaged checkpoint it goes on from the one before, and says so")
    func damaged() throws {
        let spec = smallSpec("a", epochs: 6, more: #", "checkpoint_every": 1"#)
        let expected = try undisturbed(spec)
        try Program.inNewFolder { program in
            try program.run("submit", program.spec(smallSpec("a", epochs: 4, more: #", "checkpoint_every": 1"#)))
            try program.run("work", "--drain")
            let folder = program.lab.appending(path: "checkpoints")
            for run in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
                let file = folder.appending(path: "\(run)/e4-b0-a1.safetensors")
                var bytes = try Data(contentsOf: file)
                bytes[bytes.count - 5] ^= 4
                try bytes.write(to: file)
            }
            try program.run("submit", program.spec(spec))
            #expect(try program.run("work", "--drain").status == 0)
            #expect(try program.results() == expected)
            let id = try #require(try program.status().keys.first)
            #expect(try program.run("status", id).out.contains("checkpoint damaged"))
        }
    }

    @Test(
        "with a checkpoint that cannot be read for now it fails and loses nothing; retried, it goes on from there",
        .enabled(if: getuid() != 0, "the superuser reads everything"))
    func unreadable() throws {
        try Program.inNewFolder { program in
            try program.run("submit", program.spec(smallSpec("a", epochs: 2)))
            try program.run("work", "--drain")
            let folder = program.lab.appending(path: "checkpoints")
            let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".safetensors") }
            for file in files { chmod(folder.appending(path: file).path, 0) }
            try program.run("submit", program.spec(smallSpec("a", epochs: 3)))
            #expect(try program.drainWithoutBackoff().status == 1)
            #expect(try program.status().values.allSatisfy { $0["state"] as? String == "failed" })
            for file in files { chmod(folder.appending(path: file).path, 0o644) }
            for id in try program.status().keys { try program.run("retry", id) }
            #expect(try program.run("work", "--drain").status == 0)
            #expect(try program.status().values.allSatisfy { $0["epoch"] as? Int == 3 })
        }
    }

    @Test("two processes share a lab: each run is trained once")
    func twoProcesses() throws {
        try Program.inNewFolder { program in
            let seeds = (1...30).map(String.init).joined(separator: ", ")
            try program.run(
                "submit",
                program.spec(
                    """
                    {"name": "many", "architecture": "linearnet", "dataset": "shapes", "train_samples": 40, "test_samples": 20,
                     "widths": [8], "epochs": 2, "batch_size": 20, "sweep": {"seed": [\(seeds)]}}
                    """))
            let workers = try (0..<2).map { _ in try program.start(["work", "--drain", "--workers", "2", "--threads", "1"]) }
            for worker in workers {
                let output = try worker.finish()
                #expect(output.status == 0 && !output.error.contains("warning"), "\(output.error)")
            }
            let runs = try program.status().values
            #expect(runs.count == 30)
            #expect(
                runs.allSatisfy {
                    $0["state"] as? String == "completed" && $0["attempts"] as? Int == 1 && $0["epoch"] as? Int == 2
                })
        }
    }
}
