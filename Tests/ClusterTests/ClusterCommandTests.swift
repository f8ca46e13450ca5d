import Foundation
import ProgramUnderTest
import Testing

@testable import Lab

@Suite("The cluster's commands") struct ClusterCommandTests {
    private func with(_ body: (Program) throws -> Void) throws {
        try Program.inNewFolder { program in
            let submitted = try program.run("submit", program.spec(smallSpec("a", epochs: 2, samples: 200)))
            try #require(submitted.status == 0, "\(submitted)")
            try body(program)
        }
    }

    @Test("name what is wrong with cluster.json, with its place, and change nothing")
    func faultySettings() throws {
        try with { program in
            try Data(#"{"engine": "slurm", "cpu": 3}"#.utf8).write(to: program.lab.appending(path: "cluster.json"))
            for command in [["cluster", "submit"], ["cluster", "sync"]] {
                let output = try program.start(command).finish()
                #expect(output.status == 65, "\(output)")
                #expect(output.error == ".pcnlab/cluster.json:1:21: cpu: no such field; did you mean \"cpus\"?\n")
            }
            #expect(try program.status().values.allSatisfy { $0["remote"] is NSNull })
            let option = try program.run("cluster", "submit", "--set", "cpus=0")
            #expect(option.status == 64 && option.error.contains("cpus: 0 is out of range"), "\(option)")
        }
    }

    @Test("say that Slurm is not installed, and how to do without; the runs wait")
    func notInstalled() throws {
        try with { program in
            let output = try program.run("cluster", "submit", "--engine", "slurm", environment: ["PATH": "/nonexistent"])
            #expect(output.status == 69 && output.error.contains("there is no scontrol on this machine"), "\(output)")
            #expect(output.error.contains("--engine local"))
            #expect(try program.status().values.allSatisfy { $0["state"] as? String == "queued" })
            let back = try program.run("cluster", "cancel", "--yes")
            #expect(back.status == 0 && back.lines.count == 3, "\(back)")
            #expect(try program.run("work", "--drain").status == 0)
        }
    }

    @Test("take runs that are queued or paused, and refuse others by name")
    func refused() throws {
        try with { program in
            try program.run("work", "--drain")
            let id = try #require(try program.status().keys.first)
            let output = try program.run("cluster", "submit", id, "--engine", "manual")
            #expect(output.status == 64 && output.error.contains("is completed: cannot submit it"), "\(output)")
            let none = try program.run("cluster", "submit", "--engine", "manual")
            #expect(none.status == 0 && none.lines.isEmpty && none.error.contains("no runs are queued"), "\(none)")
        }
    }

    @Test("`train` says what is no bundle, and what is of another version")
    func noBundle() throws {
        try Program.inNewFolder { program in
            #expect(try program.run("train").status == 64)
            let missing = try program.run("train", "nowhere")
            #expect(missing.status == 66 && missing.error.contains("nowhere: no bundle is there"), "\(missing)")
            let folder = program.folder.appending(path: "bundle")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            for (text, sentence) in [
                ("garbage", "is no bundle"), (#"{"format": 2}"#, "is a bundle of format 2"),
                (#"{"format": 1}"#, "cannot be read"), ("", "is no bundle"),
            ] {
                try Data(text.utf8).write(to: folder.appending(path: "bundle.json"))
                let output = try program.run("train", "bundle")
                #expect(output.status == 65 && output.error.contains(sentence), "\(output)")
            }
            #expect(try program.run("train", "--list", "nothing").status == 66)
        }
    }

    @Test("`train` by hand has the bits of a local run, however often it is stopped, and whoever repeats it")
    func byHand() throws {
        // It does not end before it has been stopped twice: it is shortened then.
        var spec = ClusterLab.spec(epochs: ScenarioTests.endless, parts: ["pcn"])
        try Program.inNewFolder { program in
            try program.run("submit", program.spec(spec))
            try program.run("cluster", "submit", "--engine", "manual")
            let runs = program.lab.appending(path: "cluster/runs")
            let bundle = {
                try runs.appending(path: #require(FileManager.default.contentsOfDirectory(atPath: runs.path).first)).path
            }
            let lab = try Lab(program.lab), id = try lab.runs()[0].id
            // Once by each of the signals that batch systems send, repeated.
            for signal in [SIGTERM, SIGUSR1] {
                let first = try bundle()
                let training = try program.start(["train", first, "--threads", "1"])
                let before = try lab.epoch(of: id)
                try until {
                    try program.run("cluster", "sync")
                    return try lab.epoch(of: id) > before + 3
                }
                kill(training.process.processIdentifier, SIGCONT)
                kill(training.process.processIdentifier, signal)
                Thread.sleep(forTimeInterval: 0.05)
                kill(training.process.processIdentifier, SIGTERM)
                let output = try training.finish()
                // A process that had no processor meanwhile may see the second one first.
                #expect([signal, SIGTERM].contains(output.status - 128), "\(output)")
                if signal == SIGUSR1 {
                    try program.run("pause", id)
                    try program.run("cluster", "sync")
                    spec = ClusterLab.spec(epochs: try lab.epoch(of: id) + 60, parts: ["pcn"])
                    try program.run("submit", program.spec(spec))
                    try program.run("resume", id)
                }
                // A stop ends the attempt: the next one has a bundle of its own.
                try program.run("cluster", "sync")
                #expect(try bundle() != first)
            }
            let last = try bundle()
            let both = try (0..<2).map { _ in try program.start(["train", last, "--threads", "1"]) }
            let statuses = try both.map { try $0.finish().status }.sorted()
            #expect(statuses == [0, 75] || statuses == [0, 0], "\(statuses)")
            #expect(try program.run("train", last).status == 0, "it is completed already")
            try program.run("cluster", "sync")
            #expect(try program.results() == Reference.results(of: spec))
        }
    }

    @Test("leave what is not theirs in a shared folder, and refuse that of another lab")
    func sharedFolder() throws {
        try with { program in
            let shared = program.folder.appending(path: "scratch"), own = shared.appending(path: "runs/thesis/data.txt")
            try FileManager.default.createDirectory(at: own.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data("mine".utf8).write(to: own)
            let settings = Data(#"{"engine": "manual", "folder": "\#(shared.path)"}"#.utf8)
            try settings.write(to: program.lab.appending(path: "cluster.json"))
            #expect(try program.run("cluster", "submit").status == 0)
            #expect(try program.run("cluster", "sync").status == 0)
            #expect(FileManager.default.fileExists(atPath: own.path))
            let bundles = try FileManager.default.contentsOfDirectory(atPath: shared.appending(path: "runs").path).count
            #expect(bundles == 4)
            let other = ["--lab", "other"]
            #expect(try program.start(["submit", "spec.json"] + other).finish().status == 0)
            try settings.write(to: program.folder.appending(path: "other/cluster.json"))
            let refused = try program.start(["cluster", "sync"] + other).finish()
            #expect(refused.status == 73 && refused.error.contains("it is the folder of the lab"), "\(refused)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: shared.appending(path: "runs").path).count == bundles)
            let moved = try program.run("cluster", "sync", "--set", "folder=elsewhere")
            #expect(moved.status == 64 && moved.error.contains("it is set in cluster.json alone"), "\(moved)")
        }
    }

    @Test("use --set for the runs of the command alone, and once")
    func settingsOfRuns() throws {
        try with { program in
            try Data(#"{"engine": "manual", "pack_minutes": 0, "max_submitted": 3}"#.utf8)
                .write(to: program.lab.appending(path: "cluster.json"))
            let ids = try program.status().keys.sorted()
            // The first submission leaves two runs without a job; the second one has settings of its own.
            #expect(try program.run("cluster", "submit", ids[0], ids[1], "--set", "max_submitted=1").status == 0)
            #expect(try program.run("cluster", "submit", ids[2], "--set", "cpus=7", "--set", "setup=echo once").status == 0)
            let jobs = program.lab.appending(path: "cluster/jobs")
            let scripts = try FileManager.default.contentsOfDirectory(atPath: jobs.path).map {
                try String(contentsOf: jobs.appending(path: "\($0)/job.sh"), encoding: .utf8)
            }
            #expect(scripts.count == 3 && scripts.count { $0.contains("--threads 7") } == 1, "\(scripts)")
            #expect(scripts.count { $0.components(separatedBy: "echo once").count == 2 } == 1, "\(scripts)")
        }
    }

    @Test(
        "end an attempt one of whose processes was killed, as another one ends or a person asks, when it has been silent for a while"
    )
    func killedTrain() throws {
        try Program.inNewFolder { program in
            let ids = try program.submitByHand(smallSpec("a", epochs: 100_000))
            for repeats in [true, false] {
                let id = ids[repeats ? 0 : 1], killed = try program.startByHand(id)
                kill(killed.process.processIdentifier, SIGKILL)
                _ = try killed.finish()
                // The second one sees that the first is dead, trains, and is told to stop.
                let job = ["train", "--threads", "1", program.bundle(id)]
                let second = repeats ? try program.start(job, environment: ["PCNLAB_NODE": "n1"]) : nil
                try program.run("cancel", id)
                try program.sync()
                _ = try second?.finish()
                try until {
                    try program.run("cluster", "sync", "--set", "max_submitted=1", "--set", "grace_seconds=1")
                    return try program.status()[id]?["state"] as? String == "cancelled"
                }
            }
        }
    }

    @Test("take a run to a node without its data, which says so, and goes on when the data is there")
    func dataMissing() throws {
        try with { program in
            // The digest of another version of the data.
            let lab = try Lab(program.lab)
            try lab.setDigests("0000")
            try program.run("cluster", "submit", "--engine", "manual")
            let runs = program.lab.appending(path: "cluster/runs")
            let names = try FileManager.default.contentsOfDirectory(atPath: runs.path)
            let output = try program.start(["train"] + names.map { runs.appending(path: $0).path }).finish()
            #expect(output.status == 66, "\(output)")
            try program.run("cluster", "sync")
            let states = try program.status().values
            #expect(states.allSatisfy { $0["state"] as? String == "queued" }, "\(states)")
            #expect(
                states.allSatisfy { ($0["error"] as? String)?.contains("are not those that the run was submitted with") == true })
        }
    }
}
