import Foundation
import Lab
import ProgramUnderTest
import Testing

/// What happens to jobs, and what must come of their runs: the bits of an undisturbed run on this machine.
@Suite("Runs that a cluster trains", .serialized)
struct ScenarioTests {
    /// Epochs of runs that do not end before a test has done with them what it wants: it shortens them then.
    static let endless = 100_000

    @Test("have the bits of local runs", arguments: TestEngine.available)
    func threeTasks(_ engine: TestEngine) throws {
        try ClusterLab.with(engine) { lab in
            let submitted = try lab.submit()
            #expect(
                submitted.lines.count == 3 && submitted.lines.allSatisfy { $0.contains("\(engine.rawValue) job ") },
                "\(submitted)")
            try lab.drain()
            #expect(try lab.run("cluster", "status").lines == ["no runs are the cluster's"])
            let left = try FileManager.default.contentsOfDirectory(atPath: lab.program.lab.appending(path: "cluster/runs").path)
            #expect(left == [])
        }
    }

    @Test(
        "prune and promote the trials of a search as workers do, wait for each other without a job, and reach the same winner",
        arguments: TestEngine.available)
    func search(_ engine: TestEngine) throws {
        let spec = """
            {"name": "s", "architecture": "linearnet", "dataset": "shapes", "train_samples": 200, "test_samples": 100,
             "validation_samples": 200, "widths": [16], "optimizer": "adam", "input_scale": "standard", "epochs": 4,
             "search": {"trials": 9, "space": {"d": [2, 4, 8], "learning_rate": {"from": 1e-5, "to": 1, "scale": "log"}},
              "halving": {"rungs": [1, 2], "keep": "1/3"}}}
            """
        let outcome = { (program: Program) in
            try program.status().mapValues { "\($0["state"] ?? "") \($0["epoch"] ?? "") \($0["weights_sha256"] ?? "")" }
        }
        var expected: [String: String] = [:]
        try Program.inNewFolder { program in
            try program.run("submit", program.spec(spec))
            #expect(try program.run("work", "--drain", "--threads", "1").status == 0)
            expected = try outcome(program)
        }
        try ClusterLab.with(engine, spec: spec) { lab in
            try lab.submit()
            try lab.sync {
                try lab.program.status().values.allSatisfy { ["completed", "pruned"].contains($0["state"] as? String) }
            }
            #expect(try outcome(lab.program) == expected)
            #expect(expected.values.count { $0.hasPrefix("completed") } == 1)
        }
    }

    @Test("go on in the next job when their time is over", arguments: TestEngine.available)
    func timeLimit(_ engine: TestEngine) throws {
        let spec = ClusterLab.spec(epochs: Self.endless, parts: ["pcn"])
        // Slurm's shortest limit is a minute, of which the signal comes 50 seconds before the end.
        let settings: [String: Any] = engine == .slurm ? ["time": "1"] : ["time": "0:14", "signal_seconds": 10]
        try ClusterLab.with(engine, spec: spec, settings: settings) { lab in
            try lab.submit()
            let id = try lab.ids()[0]
            try lab.sync { try lab.lab.attempts(of: id).count > 1 }
            #expect(try lab.lab.attempts(of: id)[0].outcome == "its job got signal USR1")
            try lab.shorten()
            try lab.drain()
        }
    }

    @Test("go on elsewhere when jobs of a higher partition take their place", arguments: TestEngine.available)
    func preemption(_ engine: TestEngine) throws {
        let spec = ClusterLab.spec(epochs: Self.endless, parts: ["pcn"])
        try ClusterLab.with(engine, spec: spec) { lab in
            try lab.submit()
            let id = try lab.ids()[0]
            try lab.sync { try lab.epoch(of: id) > 5 }
            if let slurm = lab.slurm {
                try slurm.slurm(
                    "sbatch", "--partition=high", "--nodes=3", "--exclusive", "--output=/dev/null", "--wrap", "sleep 3")
                try until { lab.trainers().isEmpty }
            } else {
                for process in lab.trainers() { kill(process, SIGTERM) }
            }
            try lab.sync { try lab.lab.attempts(of: id).count > 1 }
            try lab.shorten()
            try lab.drain()
        }
    }

    @Test("go on when somebody cancels their jobs by hand", arguments: TestEngine.available)
    func cancelledByHand(_ engine: TestEngine) throws {
        try ClusterLab.with(engine, spec: ClusterLab.spec(epochs: Self.endless, parts: ["pcn"], seeds: [1, 2])) { lab in
            try lab.submit()
            let id = try lab.ids()[0]
            try lab.sync { try lab.epoch(of: id) > 5 }
            if let slurm = lab.slurm {
                try slurm.slurm("scancel", "--user=root")
                try until { lab.trainers().isEmpty }
            } else {
                for process in lab.trainers() { kill(process, SIGTERM) }
            }
            try lab.sync { try lab.lab.attempts(of: id).count > 1 }
            try lab.shorten()
            try lab.drain()
        }
    }

    @Test("are cancelled, those that wait beside those in training, and no sibling with them", arguments: TestEngine.available)
    func cancelPending(_ engine: TestEngine) throws {
        let spec = ClusterLab.spec(epochs: Self.endless, parts: ["pcn"], seeds: [1, 2, 3, 4])
        try ClusterLab.with(engine, spec: spec, settings: ["array_parallelism": 2]) { lab in
            try lab.submit()
            let ids = try lab.ids()
            try lab.sync { try lab.epoch(of: ids[0]) > 5 && lab.epoch(of: ids[1]) > 5 }
            #expect(try lab.states()[ids[2]] == .queued)
            for id in [ids[1], ids[2]] { try lab.run("cancel", id) }
            // The last one takes the place of one that is cancelled.
            try lab.sync {
                let states = try lab.states()
                return states[ids[1]] == .cancelled && states[ids[2]] == .cancelled && states[ids[3]] == .running
            }
            #expect(try lab.states()[ids[0]] == .running)
            for id in [ids[0], ids[3]] { #expect(try lab.lab.attempts(of: id).count == 1, "it was never disturbed") }
            #expect(try lab.lab.attempts(of: ids[2]).isEmpty)
            try lab.sync { try Set(lab.lab.remoteAttempts().map(\.run)) == [ids[0], ids[3]] }
            try lab.shorten()
            try lab.run("retry", ids[1], ids[2])
            try lab.drain()
        }
    }

    @Test("are more than an array may hold")
    func arraySize() throws {
        guard TestEngine.available == [.slurm] else { return }
        let spec = ClusterLab.spec(epochs: 5, parts: ["pcn"], seeds: Array(1...25))
        try ClusterLab.with(.slurm, spec: spec, slurm: ["MaxArraySize=11"]) { lab in
            let output = try lab.submit()
            #expect(output.error.matches(of: #/slurm job \d+: (11|3) runs in (11|3) jobs/#).count == 3, "\(output)")
            try lab.drain()
        }
    }

    @Test("whose job can never start say so, and what to do")
    func impossible() throws {
        guard TestEngine.available == [.slurm] else { return }
        try ClusterLab.with(.slurm, spec: ClusterLab.spec(epochs: 5), settings: ["partition": "nowhere"]) { lab in
            let refused = try lab.run("cluster", "submit")
            #expect(refused.status == 69 && refused.error.contains("nvalid partition"), "\(refused)")
            let run = try lab.lab.runs()[0]
            #expect(run.state == .queued && run.error?.contains("nvalid partition") == true, "\(run)")
            // Slurm takes a limit above the partition's, and keeps the job waiting for ever.
            try lab.write(["partition": "short", "time": "30"])
            try lab.submit()
            try lab.sync {
                try lab.lab.runs().allSatisfy { $0.error?.contains("cluster.json") == true }
            }
            try lab.write([:])
            try lab.submit()
            try lab.drain()
        }
    }

    @Test("are submitted once by two controllers at the same time", arguments: TestEngine.available)
    func twoControllers(_ engine: TestEngine) throws {
        try ClusterLab.with(engine, spec: ClusterLab.spec(epochs: 30, seeds: [1, 2, 3])) { lab in
            let both = try (0..<2).map { _ in try lab.start("cluster", "submit") }
            for controller in both { #expect(try controller.finish().status == 0) }
            let syncs = try (0..<2).map { _ in try lab.start("cluster", "sync", "--drain") }
            for sync in syncs { #expect(try sync.finish().status == 0) }
            try lab.check()
            try lab.compare()
            for id in try lab.ids() { #expect(try lab.lab.attempts(of: id).count == 1) }
        }
    }

    @Test("are left alone by workers of this machine, which train the others", arguments: TestEngine.available)
    func besideWork(_ engine: TestEngine) throws {
        try ClusterLab.with(engine, spec: ClusterLab.spec(epochs: 100)) { lab in
            let ids = try lab.ids()
            try lab.submit(ids[0])
            let work = try lab.run("work", "--drain", "--threads", "1")
            #expect(work.status == 0, "\(work)")
            let states = try lab.states()
            #expect(states[ids[1]] == .completed && states[ids[2]] == .completed)
            #expect(try lab.lab.attempts(of: ids[0]).isEmpty)
            try lab.drain()
            #expect(try lab.lab.attempts(of: ids[0]).count == 1)
        }
    }

}
