import Foundation
import Lab
import ProgramUnderTest
import Testing

/// Parts of a cluster that fail.
extension ScenarioTests {
    @Test("are trained once, whatever a process does whose node is lost to the engine", arguments: TestEngine.available)
    func zombie(_ engine: TestEngine) throws {
        let spec = ClusterLab.spec(epochs: Self.endless, parts: ["pcn"])
        // The shell of a local job stays beside the program where there is a limit of time.
        let settings: [String: Any] = engine == .slurm ? [:] : ["time": "10"]
        try ClusterLab.with(engine, spec: spec, settings: settings) { lab in
            try lab.submit()
            let id = try lab.ids()[0]
            try lab.sync { try lab.epoch(of: id) > 5 }
            let zombies = lab.trainers(of: id)
            #expect(zombies.count == 1)
            if let slurm = lab.slurm {
                let node = try #require(try lab.summary(of: id).remote?.node)
                try slurm("kill", node)
                try slurm("down", node)
            } else {
                for process in Self.parents(of: zombies) { kill(process, SIGKILL) }
            }
            // It is told to stop, and does; only then does the next one begin.
            var most = 0
            try lab.sync {
                most = max(most, lab.trainers(of: id).count)
                return try lab.lab.attempts(of: id).count > 1
            }
            #expect(most == 1)
            try lab.shorten()
            try lab.drain()
        }
    }

    private static func parents(of processes: [Int32]) -> [Int32] {
        processes.compactMap { process in
            let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
            return status.split(separator: "\n").first { $0.hasPrefix("PPid:") }
                .flatMap { Int32($0.dropFirst(5).trimmingCharacters(in: .whitespaces)) }
        }
    }

    @Test("are submitted once, when the controller dies before or after its call of sbatch", arguments: [false, true])
    func controllerKilled(_ hasSubmitted: Bool) throws {
        guard TestEngine.available == [.slurm] else { return }
        try ClusterLab.with(.slurm) { lab in
            let bin = lab.program.folder.appending(path: "bin"), sbatch = bin.appending(path: "sbatch")
            try FileManager.default.createDirectory(at: bin, withIntermediateDirectories: true)
            let call = hasSubmitted ? "/usr/bin/sbatch \"$@\" >/dev/null" : ":"
            try Data("#!/bin/sh\n\(call)\nkill -9 $PPID\nsleep 1\n".utf8).write(to: sbatch)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: sbatch.path)
            lab.prefixPath(bin)
            #expect(try lab.run("cluster", "submit").status == -SIGKILL)
            try FileManager.default.removeItem(at: sbatch)
            if !hasSubmitted {
                // Its token is not known to Slurm. After a minute it counts as never arrived.
                try lab.sync()
                let states = try lab.states().values
                #expect(states.allSatisfy { $0 == .queued })
                try lab.setBack(seconds: 61)
            }
            try lab.drain()
            for id in try lab.ids() { #expect(try lab.lab.attempts(of: id).count == 1) }
        }
    }

    @Test("are not lost while the engine does not answer, and their progress is seen all the same")
    func controllerDown() throws {
        guard TestEngine.available == [.slurm] else { return }
        try ClusterLab.with(.slurm, spec: ClusterLab.spec(epochs: Self.endless, parts: ["pcn"], seeds: [1, 2])) { lab in
            let slurm = try #require(lab.slurm)
            try lab.submit()
            let id = try lab.ids()[0]
            try lab.sync { try lab.epoch(of: id) > 5 }
            try slurm("kill", "controller")
            let before = try lab.epoch(of: id)
            let output = try lab.run("cluster", "sync")
            #expect(output.status == 69 && output.error.contains("slurm"), "\(output)")
            #expect(try lab.epoch(of: id) > before)
            try lab.check()
            try slurm("revive", "controller")
            try lab.shorten()
            try lab.drain()
            // What slurmctld had not saved it may start again: the processes see each other.
        }
    }

    @Test("are taken in when the engine has long forgotten their jobs")
    func forgotten() throws {
        guard TestEngine.available == [.slurm] else { return }
        try ClusterLab.with(.slurm, slurm: ["MinJobAge=2"]) { lab in
            let slurm = try #require(lab.slurm)
            try lab.submit()
            // Nobody looks meanwhile.
            try until { try slurm.slurm("squeue", "-h", "-t", "all").isEmpty }
            let states = try lab.states().values
            #expect(states.allSatisfy { $0 == .queued })
            try lab.sync()
            try lab.compare()
        }
    }

    @Test("lose nothing when a process dies in the middle of a line of its journal", arguments: TestEngine.available)
    func tornJournal(_ engine: TestEngine) throws {
        let spec = ClusterLab.spec(epochs: Self.endless, parts: ["pcn"])
        try ClusterLab.with(engine, spec: spec) { lab in
            try lab.submit()
            let id = try lab.ids()[0]
            try lab.sync { try lab.epoch(of: id) > 5 }
            for process in lab.trainers() { kill(process, SIGKILL) }
            try until { lab.trainers().isEmpty }
            let journal = try #require(try lab.journals(of: id).first)
            let handle = try FileHandle(forUpdating: journal)
            try handle.truncate(atOffset: try handle.seekToEnd() - 20)
            try handle.close()
            try lab.sync { try lab.lab.attempts(of: id).count > 1 }
            try lab.shorten()
            try lab.drain()
        }
    }

    @Test(
        "are refused by a node of another arithmetic, before training, with the constraint to ask for",
        arguments: TestEngine.available)
    func otherArithmetic(_ engine: TestEngine) throws {
        let spec = ClusterLab.spec(epochs: Self.endless, parts: ["pcn"])
        // Where the job starts first; the old node comes next.
        let first: [String: Any] = engine == .slurm ? ["exclude": "n3"] : [:]
        try ClusterLab.with(engine, spec: spec, settings: first) { lab in
            try lab.slurm?.setEnvironment(of: "n3", ["PCNLAB_KERNELS=baseline"])
            try lab.submit()
            let id = try lab.ids()[0]
            try lab.sync { try lab.epoch(of: id) > 5 }
            try lab.write(engine == .slurm ? ["exclude": "n[1-2]"] : ["setup": ["export PCNLAB_KERNELS=baseline"]])
            for process in lab.trainers() { kill(process, SIGTERM) }
            // No other node is left to which the next job could go.
            try lab.sync([0, 69]) { try lab.summary(of: id).error != nil }
            let reasons = try lab.lab.events(of: id).filter { $0.kind == "no start" }.compactMap(\.detail)
            let error = try #require(reasons.first)
            #expect(error.contains(engine == .slurm ? "n3 computes with" : "computes with"), "\(error)")
            if engine == .slurm { #expect(error.contains("--set constraint=new"), "\(error)") }
            #expect(try lab.lab.attempts(of: id).count == 1)
            try lab.shorten()
            try lab.write(engine == .slurm ? ["constraint": "new"] : [:])
            try lab.submit(id)
            try lab.drain()
        }
    }

    @Test("go on to equal bits by themselves when everything is killed at once", arguments: TestEngine.available)
    func powerLoss(_ engine: TestEngine) throws {
        try ClusterLab.with(
            engine, spec: ClusterLab.spec(epochs: Self.endless, parts: ["pcn"], seeds: [1, 2]), slurm: ["SlurmdTimeout=6"]
        ) { lab in
            try lab.submit()
            let id = try lab.ids()[0]
            let controller = try lab.start("cluster", "sync", "--watch")
            try until { try lab.epoch(of: id) > 10 }
            kill(controller.process.processIdentifier, SIGKILL)
            if let slurm = lab.slurm {
                try slurm("kill", "all")
            } else {
                for process in lab.trainers() { kill(process, SIGKILL) }
            }
            _ = try controller.finish()
            try until { lab.trainers().isEmpty }
            try lab.check()
            try lab.slurm?("revive", "all")
            try lab.sync { try lab.lab.attempts(of: id).count > 1 }
            try lab.shorten()
            try lab.drain()
        }
    }
}

extension ClusterLab {
    /// The journals of a run's attempts that are under way.
    func journals(of run: String) throws -> [URL] {
        let runs = program.lab.appending(path: "cluster/runs")
        let files = FileManager.default.enumerator(at: runs, includingPropertiesForKeys: nil)
        return (files?.allObjects as? [URL] ?? []).filter { $0.lastPathComponent == "journal.jsonl" && $0.path.contains(run) }
    }

    /// Makes the lab believe that its submissions are older.
    func setBack(seconds: Int) throws {
        try lab.setBackSubmissions(seconds: seconds)
    }
}
