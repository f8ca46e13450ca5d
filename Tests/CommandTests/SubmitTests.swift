import Foundation
import GRDB
import ProgramUnderTest
import Testing

@Suite("submit")
struct SubmitTests {
    @Test("queues each run once, and extends a run that is given more epochs")
    func idempotent() throws {
        try Program.inNewFolder { program in
            let first = try program.run("submit", program.spec(smallSpec("a", epochs: 2)))
            #expect(first.status == 0 && first.lines.count == 3 && first.lines.allSatisfy { $0.hasSuffix("queued") })
            let again = try program.run("submit", program.spec(smallSpec("a", epochs: 2)))
            #expect(again.status == 0 && again.lines.allSatisfy { $0.hasSuffix("already there (queued); not queued again") })
            #expect(try program.run("work", "--drain").status == 0)
            let more = try program.run("submit", program.spec(smallSpec("a", epochs: 4)))
            #expect(more.lines.allSatisfy { $0.hasSuffix("extended from 2 to 4 epochs") })
            #expect(try program.run("work", "--drain").status == 0)
            let extended = try program.results()
            try Program.inNewFolder { other in
                try other.run("submit", other.spec(smallSpec("a", epochs: 4)))
                try other.run("work", "--drain")
                #expect(try other.results() == extended)
            }
        }
    }

    @Test("takes specs of one name as one experiment: each run is queued once, at the longest of their lengths")
    func sameName() throws {
        try Program.inNewFolder { program in
            let twice = try program.run("submit", program.spec(smallSpec("a", epochs: 2)), "spec.json")
            #expect(twice.status == 0 && twice.lines.count == 3 && twice.lines.allSatisfy { $0.hasSuffix("queued") }, "\(twice)")
            #expect(twice.error.contains("3 of 3 runs queued"))
        }
        try Program.inNewFolder { program in
            let specs = [try program.spec(smallSpec("a", epochs: 9), "long.json"), try program.spec(smallSpec("a", epochs: 2))]
            #expect(try program.start(["submit"] + specs).finish().lines.allSatisfy { $0.contains("9 epochs") })
            #expect(try program.status().values.allSatisfy { $0["epochs"] as? Int == 9 })
        }
    }

    @Test("--on gives the runs that are queued to an engine, after the lines of a submit without it")
    func on() throws {
        try Program.inNewFolder { program in
            let spec = try program.spec(smallSpec("a", epochs: 1))
            let first = try program.run("submit", "--on", "manual", "--set", "pack_minutes=0", "--set", "max_submitted=2", spec)
            #expect(
                first.status == 0 && first.lines.count == 3 && first.lines.allSatisfy { $0.hasSuffix("  queued") }, "\(first)")
            let notes = first.error.split(separator: "\n")
            #expect(notes.contains { $0.hasPrefix("manual job ") && $0.hasSuffix(": 2 runs in 2 jobs") }, "\(first.error)")
            #expect(
                notes.last?.hasPrefix("3 runs given to manual, 1 of them without a job yet; `pcnlab train ") == true,
                "\(first.error)")
            #expect(!first.error.contains("pcnlab work"))
            let places = try program.status().values.compactMap { $0["remote"] as? [String: Any] }
            #expect(places.count == 3 && places.count { $0["job"] is String } == 2)
            // Settings stay with the runs.
            let again = try program.run("submit", "--on", "manual", "--json", spec)
            let lines = try JSONSerialization.jsonObject(with: Data(again.out.utf8)) as? [[String: Any]]
            #expect(again.status == 0 && lines?.count == 3 && lines?[0]["outcome"] as? String == "found", "\(again)")
            // What is completed, or paused, is given to nobody.
            let other = try program.spec(smallSpec("b", epochs: 1, samples: 200), "b.json")
            let ids = try program.run("submit", other).lines.map { String($0.prefix(16)) }
            try program.run("pause", ids[0])
            try program.run("work", "--drain")
            let none = try program.run("submit", "--on", "manual", other)
            #expect(none.status == 0 && none.error.hasSuffix("none of the runs is queued: manual gets none\n"), "\(none)")
            #expect(try ids.allSatisfy { try program.status()[$0]?["remote"] is NSNull })
        }
    }

    @Test(
        "--on is refused, and nothing is queued, where it can start no jobs",
        arguments: [
            (["--on", "slrm"], 64, "--on: \"slrm\" is no engine; give one of slurm, local, manual"),
            (["--on", "manual", "--dry-run"], 64, "give --on or --dry-run, not both"),
            (["--on", "manual", "--server", "127.0.0.1:1"], 64, "--on starts jobs of this machine's lab, not of a service's"),
            (["--set", "cpus=2"], 64, "--set is for --on"), (["--on", "manual", "--set", "cpus=x"], 64, "cpus: "),
            (["--on", "manual"], 65, "cluster.json:1:2: cpu: no such field"),
        ])
    func refusedOn(_ options: [String], _ status: Int, _ text: String) throws {
        try Program.inNewFolder { program in
            let spec = try program.spec(smallSpec("a", epochs: 1))
            try FileManager.default.createDirectory(at: program.lab, withIntermediateDirectories: true)
            if status == 65 { try Data(#"{"cpu": 2}"#.utf8).write(to: program.lab.appending(path: "cluster.json")) }
            let refused = try program.start(["submit", spec] + options).finish()
            #expect(refused.status == status && refused.error.contains(text) && refused.out.isEmpty, "\(refused)")
            #expect(!FileManager.default.fileExists(atPath: program.lab.appending(path: "pcnlab.sqlite").path))
        }
    }

    @Test("takes a priority below zero, with or without an equals sign", arguments: [["--priority", "-1"], ["--priority=-1"]])
    func negativePriority(_ option: [String]) throws {
        try Program.inNewFolder { program in
            let submit = try program.start(["submit", program.spec(smallSpec("a", epochs: 1))] + option).finish()
            #expect(submit.status == 0, "\(submit)")
            #expect(try program.status().values.allSatisfy { $0["priority"] as? Int == -1 })
        }
    }

    @Test("queues the runs of all files or, where one cannot be, of none")
    func allOrNothing() throws {
        try Program.inNewFolder { program in
            try program.run("submit", program.spec(smallSpec("a", epochs: 2)))
            let database = try DatabaseQueue(path: program.lab.appending(path: "pcnlab.sqlite").path)
            try database.writeWithoutTransaction {
                try $0.execute(sql: "PRAGMA ignore_check_constraints = ON; UPDATE runs SET state = 'lost'")
            }
            try database.close()
            let output = try program.run(
                "submit", program.spec(smallSpec("b", epochs: 2, samples: 500), "b.json"), program.spec(smallSpec("a", epochs: 2))
            )
            #expect(output.status == 65 && output.out.isEmpty, "\(output)")
            let file = try DatabaseQueue(path: program.lab.appending(path: "pcnlab.sqlite").path)
            #expect(try file.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM runs") } == 3)
        }
    }

    @Test("says how an extended run that is held back or ended comes back to the queue")
    func heldBack() throws {
        try Program.inNewFolder { program in
            let ids = try program.run("submit", program.spec(smallSpec("a", epochs: 2))).lines.map { String($0.prefix(16)) }
            try program.run("pause", ids[0])
            try program.run("cancel", ids[1])
            let more = try program.run("submit", program.spec(smallSpec("a", epochs: 4))).lines
            #expect(more[0].hasSuffix("extended from 2 to 4 epochs; it is paused, `pcnlab resume` queues it"))
            #expect(more[1].hasSuffix("extended from 2 to 4 epochs; it is cancelled, `pcnlab retry` queues it"))
            #expect(more[2].hasSuffix("extended from 2 to 4 epochs"))
        }
    }

    @Test(
        "refuses wrong specs whole, each fault on a line with file, line and column",
        arguments: [
            (#"{"name":"a","architecture":"linearnet","dataset":"shapes","datset":"shapes"}"#, ["1:59: datset:"]),
            (
                #"{"name":"a","architecture":"linearnet","dataset":"shapes","d":0,"epochs":"many","epsilon":-1}"#,
                ["1:63: d:", "1:74: epochs:", "1:91: epsilon:"]
            ),
            (#"{"name":"a","architecture":"linearnet","dataset":"shapes","#, ["1:59: JSON:"]),
            (#"{"name":"a","architecture":"linearnet","dataset":"shapes","sweep":{"d":[]}}"#, ["1:72: sweep.d:"]),
        ])
    func faults(_ text: String, _ places: [String]) throws {
        try Program.inNewFolder { program in
            let output = try program.run("submit", program.spec(text))
            #expect(output.status == 65 && output.out.isEmpty)
            let lines = output.error.split(separator: "\n")
            #expect(lines.count == places.count)
            for (line, place) in zip(lines, places) { #expect(line.hasPrefix("spec.json:\(place)"), "\(line)") }
            #expect(try program.run("status").status == 66, "no lab was made")
        }
    }

    @Test("refuses a data set that is not there, or is damaged, and queues nothing")
    func datasets() throws {
        try Program.inNewFolder { program in
            let spec = try program.spec(#"{"name":"a","architecture":"linearnet","dataset":"cifar10"}"#)
            let missing = try program.run("submit", spec)
            #expect(missing.status == 66 && missing.error.contains("pcnlab data fetch cifar10"))

            let folder = program.folder.appending(path: "datasets/cifar-10-batches-bin")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            for name in (1...5).map({ "data_batch_\($0).bin" }) + ["test_batch.bin"] {
                try Data(count: 30_730_000).write(to: folder.appending(path: name))
            }
            let file = folder.appending(path: "data_batch_2.bin")
            var labels = try Data(contentsOf: file)
            labels[7 * 3073] = 200
            try labels.write(to: file)
            for _ in 0..<2 {
                let wrong = try program.run("submit", spec)
                #expect(wrong.status == 65 && wrong.error.contains("data_batch_2.bin") && wrong.error.contains("200"))
            }
            try labels.dropLast(100).write(to: file)
            let truncated = try program.run("submit", spec)
            #expect(
                truncated.status == 65 && truncated.error.contains("data_batch_2.bin") && truncated.error.contains("truncated"))
            #expect(try program.status().isEmpty)
        }
    }

    @Test("--dry-run queues nothing and shows the paper's parameter counts and the trainable ones")
    func dryRun() throws {
        try Program.inNewFolder { program in
            let text = """
                {"name": "t", "architecture": "linearnet", "sweep": {"dataset": ["cifar10", "cifar100"], "d": [4, 8, 16, 32]},
                 "include": [{"linear": "mlp", "dataset": "cifar10"}, {"linear": "mlp", "dataset": "cifar100"}]}
                """
            let output = try program.run("submit", "--dry-run", "--json", program.spec(text))
            let runs = try #require(try JSONSerialization.jsonObject(with: Data(output.out.utf8)) as? [[String: Any]])
            let counts = runs.map { "\($0["paper_linear_parameters"] ?? "") \($0["linear_parameters"] ?? "")" }
            #expect(
                counts == [
                    "24370 23602", "43866 43098", "82858 82090", "160842 160074", "24820 24052", "44676 43908", "84388 83620",
                    "163812 163044", "3956746 3956746", "4141156 4141156",
                ])
            #expect(try program.run("status").status == 66, "no lab was made")
        }
    }
    @Test("--dry-run estimates the time of small runs by measuring their networks")
    func estimate() throws {
        try Program.inNewFolder { program in
            let spec = try program.spec(
                """
                {"name": "t", "architecture": "linearnet", "dataset": "shapes", "train_samples": 2000, "test_samples": 500, "d": 4,
                 "widths": [32, 32], "batch_size": 50, "epochs": 20, "sweep": {"linear": ["pcn", "low_rank"], "seed": [1, 2, 3]},
                 "include": [{"architecture": "convnet", "linear": "pcn", "train_samples": 60, "test_samples": 40, "epochs": 2}]}
                """)
            try program.run("submit", spec)
            try program.run("work", "--drain")
            // The fastest of the seeds: other tests run beside this one.
            let seconds = Dictionary(
                try program.status().values.map { run in
                    (run["model"] as? String ?? "", run["seconds_per_epoch"] as? Double ?? 0)
                }, uniquingKeysWith: min)
            #expect(seconds.count == 3)
            // Within a factor of two on a machine that does nothing else.
            var ratios: [String: [Double]] = [:]
            for _ in 0..<5 {
                let output = try program.run("submit", "--dry-run", "--json", spec)
                let rows = try #require(try JSONSerialization.jsonObject(with: Data(output.out.utf8)) as? [[String: Any]])
                #expect(rows.count == 7)
                for row in rows {
                    let model = row["model"] as? String ?? "", estimate = row["seconds_per_epoch"] as? Double ?? 0
                    ratios[model, default: []].append(estimate / (seconds[model] ?? 0))
                    #expect(row["seconds"] as? Double ?? 0 > estimate * 2, "the whole run takes longer than its epochs")
                }
            }
            for (model, ratios) in ratios { #expect(ratios.contains { $0 > 0.25 && $0 < 4 }, "\(model): \(ratios)") }
        }
    }
}
