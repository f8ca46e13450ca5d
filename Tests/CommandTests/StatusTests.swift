import Foundation
import ProgramUnderTest
import Testing

@Suite("status")
struct StatusTests {
    private func spec(_ name: String, _ seeds: ClosedRange<Int>, epochs: Int = 1_000_000) -> String {
        """
        {"name": "\(name)", "architecture": "linearnet", "dataset": "shapes", "train_samples": 200, "test_samples": 100,
         "batch_size": 50, "widths": [8], "epochs": \(epochs), "sweep": {"seed": [\(seeds.map(String.init).joined(separator: ","))]}}
        """
    }

    @Test(
        "--watch fits its window, resized too: what runs first, then what waits, then a line for the rest",
        arguments: [(24, 80), (10, 40), (50, 200)])
    func window(_ rows: Int, _ columns: Int) throws {
        try Program.inNewFolder { program in
            try program.run("submit", program.spec(spec("日本", 1...59)))
            let urgent = try program.run("submit", "--priority", "5", program.spec(spec("last", 60...60), "b.json")).lines[0]
            let work = try program.start(["work", "--threads", "1"])
            defer { kill(work.process.processIdentifier, SIGKILL) }
            try until { try program.run("status", "--state", "running").out.contains(urgent.prefix(8)) }
            let window = try TerminalWindow(program, ["status", "--watch"], rows: rows, columns: columns)
            try expectFits(window, rows, columns, first: urgent)
            let (fewer, narrower) = (rows - 3, columns - 9)
            try window.resize(rows: fewer, columns: narrower)
            try expectFits(window, fewer, narrower, first: urgent)
            let end = window.interrupt()
            #expect(window.endedBySignal == SIGINT)
            #expect(end.hasSuffix("\u{1B}[?1049l"), "the terminal's own screen is there again")
        }
    }

    private func expectFits(_ window: TerminalWindow, _ rows: Int, _ columns: Int, first: String) throws {
        let frames = try window.frames()
        for frame in frames {
            #expect(frame.count <= rows, "\(frame.count) lines in \(rows) rows")
            for line in frame { #expect(line.count + line.count { "日本".contains($0) } <= columns, "\(line)") }
        }
        let frame = try #require(frames.last)
        let ids = frame.filter { $0.firstMatch(of: /^[0-9a-f]{8}\s/) != nil }
        #expect(ids.count >= min(60, rows) - 4 && ids[0].hasPrefix(first.prefix(8)), "\(frame.joined(separator: "\n"))")
        #expect(ids[0].contains("running") && ids.dropFirst().allSatisfy { $0.contains("queued") })
        #expect(frame.contains { $0.hasPrefix("… and \(60 - ids.count) more: \(60 - ids.count) queued".prefix(columns)) })
        #expect(frame.contains { $0.hasPrefix("1 running, 59 queued") || $0.hasPrefix("59 queued, 1 running") })
    }

    @Test("of a large lab shows what runs and what waits, and counts the rest; a small one is in order of submission")
    func large() throws {
        try Program.inNewFolder { program in
            let lines = try program.run("submit", program.spec(spec("a", 1...150, epochs: 1))).lines
            try program.run("cancel", String(lines[0].prefix(16)))
            let shown = try program.run("status").lines
            #expect(shown[1].hasPrefix(lines[1].prefix(8)) && shown.count == 104)
            #expect(shown[101] == "… and 50 more: 49 queued, 1 cancelled; --all lists them, --experiment and --state choose")
            let small = try program.run("status", "--all").lines
            #expect(small[1].hasPrefix(lines[0].prefix(8)) && small.count > 150)
        }
    }

    @Test("shows job and node of runs that a cluster trains, or why they wait; without such runs there is no column for it")
    func places() throws {
        try Program.inNewFolder { program in
            let local = try program.run("submit", program.spec(spec("local", 1...1))).lines[0].prefix(16)
            #expect(try !program.run("status").out.contains("where"))
            let ids = try program.submitByHand(spec("far", 4...6))
            let job = try program.startByHand(ids[0])
            defer { job.process.terminate() }
            let place = try #require(try program.status()[ids[0]]?["remote"] as? [String: Any])
            let name = try #require(place["job"] as? String)
            #expect(place["engine"] as? String == "manual" && place["node"] as? String == "n1" && place["reason"] is NSNull)
            let lines = try program.run("status").lines
            #expect(lines[0].hasSuffix("  where") && lines[1].hasPrefix(local.prefix(8)))
            let ends = [
                "queued 0/1000000 – – – –", "manual \(name) n1", "manual \(name.dropLast())1: waits for `pcnlab train`",
                "manual: waits for `pcnlab cluster sync`",
            ]
            for (line, end) in zip(lines.dropFirst(), ends) {
                #expect(line.split(separator: " ").joined(separator: " ").hasSuffix(end), "\(line)")
            }
            // In a narrow window other columns matter more.
            for (columns, isShown) in [(60, false), (140, true)] {
                let window = try TerminalWindow(program, ["status", "--watch"], rows: 12, columns: columns)
                let frame = try #require(try window.frames().last)
                #expect(frame.allSatisfy { $0.count <= columns } && frame[0].contains("where") == isShown, "\(frame)")
                _ = window.interrupt()
            }
            let details = try ids.map { try program.run("status", $0).out }
            #expect(details[0].contains("cluster             manual job \(name) on n1\n"))
            #expect(details[0].firstMatch(of: /attempt 1 +\d{4}-.* UTC, manual job \w+ on n1, .*, 1 thread; under way/) != nil)
            #expect(details[1].contains("cluster             manual job \(name.dropLast())1: waits for `pcnlab train`\n"))
            #expect(details[2].contains("cluster             manual: waits for `pcnlab cluster sync`\n"))
            #expect(try !program.run("status", String(local)).out.contains("cluster"))
        }
    }

    @Test("log shows what a job did between the events of its run, and the figures of every epoch")
    func log() throws {
        try Program.inNewFolder { program in
            let ids = try program.run("submit", "--on", "local", program.spec(spec("a", 1...1, epochs: 3))).lines.map {
                String($0.prefix(16))
            }
            try until {
                try program.sync()
                return try program.status()[ids[0]]?["state"] as? String == "completed"
            }
            let lines = try program.run("log", ids[0]).lines.map { String($0.dropFirst(25)) }
            let started = lines.compactMap { $0.wholeMatch(of: /started on (\S+) by local job (\w+_0), attempt 1/)?.output }
            let job = try #require(started.first)
            #expect(lines.contains("* assigned: to local") && lines.contains("* attempt 1 submitted to local"))
            #expect(lines.contains { $0.hasPrefix("* attempt 1 started: local job \(job.2) on \(job.1), ") })
            for epoch in 1...3 { #expect(lines.count { $0.hasPrefix("epoch \(epoch)/3  loss ") } == 1, "\(lines)") }
            #expect(lines.last?.hasPrefix("completed  final test ") == true, "\(lines)")
        }
    }

    @Test("--experiment NAME shows that name, also for a run that another experiment holds")
    func renamed() throws {
        try Program.inNewFolder { program in
            try program.run("submit", program.spec(spec("v", 1...1)), program.spec(spec("renamed", 1...1), "r.json"))
            #expect(try program.run("status", "--experiment", "renamed").lines[1].contains("  renamed  "))
            let json = try program.run("status", "--json", "--experiment", "renamed").out
            #expect(json.contains("\"experiment\" : \"renamed\"") && json.contains("\"v\""))
            #expect(try program.run("status").lines[1].contains("  v  "))
        }
    }

    @Test("submit, status and work's log name the settings in which runs differ, and say once what all share")
    func columns() throws {
        try Program.inNewFolder { program in
            let spec = try program.spec(
                """
                {"name": "a", "architecture": "linearnet", "dataset": "shapes", "train_samples": 100, "test_samples": 100,
                 "batch_size": 50, "widths": [8], "epochs": 1, "learning_rate": 0.01,
                 "sweep": {"epsilon": [0.1, 0.05]}, "include": [{"linear": "mlp"}]}
                """)
            let submitted = try program.run("submit", spec)
            let rows = submitted.lines.map { $0.components(separatedBy: "  ") }
            #expect(
                rows.map { Array($0.dropFirst()) } == [
                    ["LinearNet-PCN16", "shapes", "seed 1", "1 epoch", "ε 0.1", "queued"],
                    ["LinearNet-PCN16", "shapes", "seed 1", "1 epoch", "ε 0.05", "queued"],
                    ["LinearNet-MLP", "shapes", "seed 1", "1 epoch", "–", "queued"],
                ])
            let shared = "widths 8, train_samples 100, test_samples 100, batch 50, learning rate 0.01"
            #expect(submitted.error.hasPrefix("all of them: \(shared)\n"), "\(submitted.error)")
            let work = try program.run("work", "--drain").error
            #expect(work.components(separatedBy: "all of them: \(shared)\n").count == 2, "\(work)")
            for name in ["PCN16 shapes seed 1 ε 0.1", "PCN16 shapes seed 1 ε 0.05", "MLP shapes seed 1"] {
                #expect(work.contains("\(name)  completed"), "\(work)")
            }
            #expect(work.contains(" ms/epoch"), "\(work)")
            let status = try program.run("status").lines
            #expect(status[0].contains("seed     ε  state") && status[0].contains("per epoch"), "\(status[0])")
            #expect(status[1].contains("   0.1  completed") && status[2].contains("  0.05  completed"))
            #expect(status[1].contains(" ms") && status.last == "all of them: \(shared)")
        }
    }

    @Test("a sweep over epochs is one run, of which submit says so; one run is not \"1 runs\"")
    func epochs() throws {
        try Program.inNewFolder { program in
            let spec = try program.spec(
                """
                {"name": "a", "architecture": "linearnet", "dataset": "shapes", "train_samples": 100, "test_samples": 100,
                 "batch_size": 50, "widths": [8], "sweep": {"epochs": [1, 4, 2]}}
                """)
            let first = try program.run("submit", spec)
            #expect(first.lines.count == 1 && first.lines[0].hasSuffix("seed 1  4 epochs  queued"), "\(first.out)")
            #expect(
                first.error == """
                    3 combinations are 1 run: those that differ only in epochs are one run, which trains to the longest; its curve has \
                    the figures after every epoch
                    1 run queued; `pcnlab work` trains it

                    """, "\(first.error)")
            #expect(try program.run("submit", spec).error.hasSuffix("nothing to queue: the run is there\n"))
            try program.run("work", "--drain")
            #expect(try program.run("report", "--curves", "c").error == "1 curve in c\n")
        }
    }
}
