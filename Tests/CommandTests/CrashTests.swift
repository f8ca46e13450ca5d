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

    private func wait(_ seconds: Double) { Thread.sleep(forTimeInterval: seconds) }

    @Test("killed or terminated again and again, with other threads and workers: every bit is the same")
    func disturbed() throws {
        let spec = smallSpec("a", epochs: 60, samples: 3000)
        let expected = try undisturbed(spec)
        #expect(expected.count == 3)
        try Program.inNewFolder { program in
            try program.run("submit", program.spec(spec))
            let options = [["--threads", "1"], ["--threads", "2"], ["--workers", "2"], ["--workers", "3", "--threads", "2"]]
            for (index, option) in options.enumerated() {
                let work = try program.start(["work"] + option)
                wait(0.7 + 0.2 * Double(index))
                if index % 2 == 0 {
                    kill(work.process.processIdentifier, SIGKILL)
                    #expect(try work.finish().status == -SIGKILL)
                } else {
                    let told = Date()
                    let signal = index == 1 ? SIGTERM : SIGINT
                    kill(work.process.processIdentifier, signal)
                    #expect(try work.finish().status == 128 + signal)
                    #expect(Date().timeIntervalSince(told) < 2)
                }
            }
            let last = try program.run("work", "--drain")
            #expect(last.status == 0)
            #expect(try program.results() == expected)
            let attempts = try program.status().values.compactMap { $0["attempts"] as? Int }
            #expect(attempts.reduce(0, +) > 3, "something was disturbed")
        }
    }

    @Test("killed in the middle of AlexNet with its dropout, it ends at the same bits")
    func dropout() throws {
        let spec = """
            {"name": "a", "architecture": "alexnet", "dataset": "shapes", "train_samples": 5, "test_samples": 2, "d": 4,
             "widths": [24, 17], "input_scale": "standard", "batch_size": 2, "epochs": 8, "optimizer": "adam",
             "learning_rate": 1e-3, "checkpoint_every": 1}
            """
        let expected = try undisturbed(spec)
        try Program.inNewFolder { program in
            try program.run("submit", program.spec(spec))
            let work = try program.start(["work", "--threads", "1"])
            let epoch = { try program.status().values.first?["epoch"] as? Int ?? 0 }
            try until { try epoch() >= 2 }
            kill(work.process.processIdentifier, SIGKILL)
            #expect(try work.finish().status == -SIGKILL)
            #expect((2..<8).contains(try epoch()))
            #expect(try program.run("work", "--drain", "--threads", "2").status == 0)
            #expect(try program.results() == expected)
            #expect(try program.status().values.allSatisfy { $0["attempts"] as? Int == 2 })
        }
    }

    @Test("paused, it holds still with a checkpoint; resumed, it goes on to the same bits; cancelled, it stops for good")
    func paused() throws {
        let spec = smallSpec("a", epochs: 60, samples: 3000)
        let expected = try undisturbed(spec)
        try Program.inNewFolder { program in
            let ids = try program.run("submit", program.spec(spec)).lines.compactMap {
                $0.split(separator: " ").first.map(String.init)
            }
            let work = try program.start(["work"])
            defer { kill(work.process.processIdentifier, SIGKILL) }
            let state = { (id: String) in try program.status()[id]?["state"] as? String }
            // On a busy machine the run would end before a command that asks for it to be paused.
            try until { work.log.contains("epoch 1/60") }
            try program.suspend(work)
            try #require(try state(ids[0]) == "running")
            #expect(try program.run("pause", ids[0], ids[1]).status == 0)
            #expect(try program.run("cancel", ids[2]).status == 0)
            kill(work.process.processIdentifier, SIGCONT)
            try until { try ids.map(state) == ["paused", "paused", "cancelled"] }
            #expect(try program.run("pause", ids[2]).status == 64)
            #expect(try program.run("resume", ids[0], ids[1]).status == 0)
            #expect(try program.run("retry", String(ids[2].prefix(9))).status == 0)
            try until { try program.status().values.allSatisfy { $0["state"] as? String == "completed" } }
            #expect(try program.results() == expected)
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
