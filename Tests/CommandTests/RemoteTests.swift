import Foundation
import ProgramUnderTest
import Testing

/// Commands with `--server`: a lab, its service, and a client in another folder.
@Suite("The command line over a service", .serialized)
struct RemoteTests {
    /// A lab with two trained runs, one with a note and a tag, and three queued ones, served to a client that is logged in.
    private static func withService(_ body: (_ lab: Program, _ client: Program, _ server: Server) throws -> Void) throws {
        try Program.inNewFolder { lab in
            try Program.inNewFolder { client in
                try #require(lab.run("submit", lab.spec(Self.trained), "--tag", "first").status == 0)
                try #require(lab.run("work", "--drain").status == 0)
                try #require(lab.run("submit", lab.spec(smallSpec("waiting", epochs: 2), "waiting.json")).status == 0)
                let id = try #require(lab.status().keys.sorted().first)
                try lab.run("set", id, "--note", "a\u{1B}[31m note", "--add-tag", "ü")
                let server = try Server(lab)
                defer { _ = try? server.stop() }
                let login = try client.run("login", "\(server.address)/#token=\(server.token)")
                try #require(login.status == 0, "\(login.error)")
                try body(lab, client, server)
            }
        }
    }

    private static let trained = """
        {"name": "trained", "architecture": "linearnet", "dataset": "shapes", "train_samples": 200, "test_samples": 100,
         "widths": [24], "input_scale": "standard", "batch_size": 50, "optimizer": "adam", "learning_rate": 1e-3,
         "epochs": 2, "sweep": {"linear": ["pcn", "mlp"]}}
        """

    /// What a command prints and its exit code, locally and over the service. The names of lab and service stand for themselves.
    private static func expectSame(
        _ lab: Program, _ client: Program, _ server: Server, _ arguments: [String],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let near = try lab.start(arguments).finish()
        let far = try client.start(arguments + ["--server", server.address]).finish()
        #expect(near.out == far.out, "\(arguments)", sourceLocation: sourceLocation)
        #expect(near.error == far.error, "\(arguments)", sourceLocation: sourceLocation)
        #expect(near.status == far.status, "\(arguments)", sourceLocation: sourceLocation)
    }

    @Test("status, log and report print the same bytes as on the machine of the lab, in every form")
    func reading() throws {
        try Self.withService { lab, client, server throws in
            // Of the runs of an engine one is in training, and two wait: one after its job was stopped.
            let far = try lab.submitByHand(smallSpec("far", epochs: 100_000))
            let stopped = try lab.startByHand(far[1])
            stopped.process.terminate()
            try until {
                try lab.sync()
                return try lab.status()[far[1]]?["state"] as? String == "queued"
            }
            let job = try lab.startByHand(far[0])
            defer { job.process.terminate() }
            let ids = try lab.status().keys.sorted()
            let formats = ["markdown", "csv", "latex", "html", "json"]
            var commands = [
                ["status"], ["status", "--json"], ["status", "--all"], ["status", "--experiment", "trained", "--json"],
                ["status", "--state", "queued", "--where", "batch_size>=50"], ["status", "--tag", "ü"], ["log"],
                ["log", "--json"],
                ["log", "--experiment", "trained"], ["wait", "--experiment", "trained"],
                ["wait", "--experiment", "trained", "--json"], ["wait", "--all-of-them"],
            ]
            commands +=
                ids.map { ["status", $0] } + ids.map { ["status", String($0.prefix(8)), "--json"] } + ids.map { ["log", $0] }
            commands += formats.map { ["report", "--format", $0] } + [["report", "--experiment", "trained", "--format", "json"]]
            // Errors, too.
            let done = try #require(lab.status().first { $0.value["state"] as? String == "completed" }?.key)
            commands += [
                ["status", "0123456789"], ["status", "--experiment", "none"], ["status", "--where", "epsilon=="],
                ["wait", "--experiment", "waiting", "--timeout", "0.1"], ["pause", done], ["cancel", "--experiment", "none"],
                ["cancel"], ["report", "--experiment", "none"], ["remove", "--experiment", "waiting"],
                ["remove", "--experiment", "waiting", "--dry-run"], ["pause", "--all", "--dry-run"],
            ]
            for command in commands { try Self.expectSame(lab, client, server, command) }
        }
    }

    @Test("a search is reported, and its winner written, as on the machine of the lab")
    func search() throws {
        try Program.inNewFolder { lab in
            try Program.inNewFolder { client in
                let spec = """
                    {"name": "rates & ü", "architecture": "linearnet", "dataset": "shapes", "train_samples": 200, "test_samples": 100,
                     "validation_samples": 100, "widths": [16], "optimizer": "adam", "epochs": 3,
                     "search": {"trials": 6, "space": {"d": [2, 4], "learning_rate": {"from": 1e-4, "to": 1e-2, "scale": "log"}},
                      "halving": {"rungs": [1], "keep": "1/3"}}}
                    """
                try #require(lab.run("submit", lab.spec(spec)).status == 0)
                try #require(lab.run("work", "--drain").status == 0)
                let removed = try #require(lab.status().first { $0.value["state"] as? String == "pruned" }?.key)
                try #require(lab.run("remove", removed, "--yes").status == 0)
                let server = try Server(lab)
                defer { _ = try? server.stop() }
                try #require(client.run("login", "\(server.address)/#token=\(server.token)").status == 0)
                let search = ["report", "--search", "rates & ü"]
                for command in [
                    search, search + ["--format", "csv"], search + ["--format", "html"], search + ["--format", "json"],
                    ["search", "best", "rates & ü"], ["status", "--experiment", "rates & ü"], ["search", "best", "none"],
                    ["report", "--search", "none"], ["report"], ["log", "--experiment", "rates & ü"],
                    ["status", try #require(lab.status().keys.min())],
                ] { try Self.expectSame(lab, client, server, command) }
            }
        }
    }

    @Test("status --watch shows frame after frame of the service's lab")
    func watching() throws {
        try Self.withService { lab, client, server throws in
            let rows = try lab.run("status").out.split(separator: "\n").prefix(6)
            let watch = try client.start(["status", "--watch", "--server", server.address])
            defer { watch.process.terminate() }
            try until { watch.output.split(separator: "\n").count(where: { $0.hasPrefix("run ") }) >= 2 }
            // Those that wait come first, and so the rows are in another order.
            let frame = watch.output.split(separator: "\n").prefix(6)
            #expect(frame.sorted() == rows.sorted() && frame.first == rows.first, "\(watch.output)")
        }
    }

    @Test("weights, curves and plots are the files that the machine of the lab writes")
    func files() throws {
        try Self.withService { lab, client, server throws in
            let id = try #require(lab.status().first { $0.value["state"] as? String == "completed" }?.key)
            let commands = [
                ["export", id], ["export", id, "--format", "npz"], ["export", id, "--expand", "--output", "dense/w.safetensors"],
                ["export", id, "--format", "onnx"], ["export", "--format", "tensorboard", "board"],
                ["report", "--curves", "curves", "--plots", "plots", "--output", "table.md"],
            ]
            for command in commands { try Self.expectSame(lab, client, server, command) }
            let near = try Self.contents(lab), far = try Self.contents(client)
            #expect(near.count >= 12 && near.keys.sorted() == far.keys.sorted())
            for (name, bytes) in near where !name.contains(".tfevents") || far[name] != nil {
                #expect(bytes == far[name], "\(name)")
            }
        }
    }

    /// The files that commands have written, without the lab, the client's tokens and the captured output.
    private static func contents(_ program: Program) throws -> [String: Data] {
        let root = program.folder.resolvingSymlinksInPath()
        var found: [String: Data] = [:]
        for case let file as URL in FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil) ?? .init() {
            let name = file.resolvingSymlinksInPath().path.dropFirst(root.path.count + 1)
            let isOutside = [".pcnlab", "config", "datasets"].contains { name == $0 || name.hasPrefix($0 + "/") }
            let isOther = name.hasPrefix("out-") || name.hasPrefix("error-") || (name.hasSuffix(".json") && !name.contains("/"))
            if isOutside || isOther || (try? FileManager.default.contentsOfDirectory(atPath: file.path)) != nil { continue }
            found[String(name)] = try Data(contentsOf: file)
        }
        return found
    }

    @Test("a spec that is submitted over a service is queued there, with the lines and faults of a local submit")
    func submitting() throws {
        try Self.withService { lab, client, server throws in
            let spec = smallSpec("sent", epochs: 3)
            for program in [lab, client] {
                _ = try program.spec(spec, "sent.json")
                _ = try program.spec(#"{"name": "bad", "datset": "shapes", "epochs": 0}"#, "bad.json")
                _ = try program.spec(#"{"name": "own", "architecture": "linearnet", "dataset": "path:/etc"}"#, "own.json")
            }
            let sent = try client.run(
                "submit", "sent.json", "--priority", "3", "--tag", "far", "--json", "--server", server.address)
            #expect(sent.status == 0 && sent.out.components(separatedBy: "\"queued\"").count == 4, "\(sent.error)")
            let queued = try lab.run("status", "--experiment", "sent", "--tag", "far", "--json").out
            #expect(queued.components(separatedBy: "\"priority\" : 3").count == 4)
            // The runs are there now, so both submits print the same.
            try Self.expectSame(lab, client, server, ["submit", "sent.json"])
            try Self.expectSame(lab, client, server, ["submit", "sent.json", "--json"])
            try Self.expectSame(lab, client, server, ["submit", "bad.json"])
            try Self.expectSame(lab, client, server, ["submit", "missing.json", "bad.json"])
            let dry = try client.run("submit", "sent.json", "--dry-run", "--server", server.address)
            #expect(dry.status == 0 && dry.lines.count == 4 && dry.error.contains("the service's machine"), "\(dry)")
            let own = try client.run("submit", "own.json", "--server", server.address)
            #expect(own.status == 65 && own.error.contains("over the service"), "\(own.error)")
            #expect(!FileManager.default.fileExists(atPath: client.lab.path), "the client makes no lab")
        }
    }

    @Test("cancel, pause, resume, retry, set and remove act on the service's lab, and say what they do there")
    func acting() throws {
        try Self.withService { lab, client, server throws in
            let far = ["--server", server.address]
            let state = {
                try Set(lab.status().values.filter { $0["experiment"] as? String == "waiting" }.map { "\($0["state"]!)" })
            }
            let act = { (words: [String]) in try client.start(words + ["--experiment", "waiting", "--yes"] + far).finish() }
            for (command, after) in [("pause", "paused"), ("resume", "queued"), ("cancel", "cancelled"), ("retry", "queued")] {
                let output = try act([command])
                #expect(output.status == 0 && output.lines.count == 3, "\(command): \(output.error)")
                #expect(output.lines.allSatisfy { $0.hasSuffix("  \(after)") } && output.error == "3 runs\n", "\(output)")
                #expect(try state() == [after], "\(command)")
            }
            let set = try act(["set", "--priority", "-2", "--note", "later"])
            #expect(set.status == 0 && set.lines.count == 3, "\(set.error)")
            let changed = try lab.run("status", "--experiment", "waiting", "--json").out
            #expect(changed.components(separatedBy: "\"note\" : \"later\"").count == 4 && changed.contains("\"priority\" : -2"))
            let id = try #require(lab.status().first { $0.value["experiment"] as? String == "waiting" }?.key)
            #expect(try client.start(["pause", id] + far).finish().status == 0)
            #expect(try lab.status()[id]?["state"] as? String == "paused")
            // Without --yes nothing is changed.
            #expect(try client.start(["cancel", "--all"] + far).finish().status == 64)
            let removed = try act(["remove"])
            #expect(removed.status == 0 && removed.lines.count == 3 && removed.error.hasPrefix("3 runs removed"), "\(removed)")
            #expect(try state() == [])
        }
    }

    @Test("wait goes on where it was when the service is started again")
    func restart() throws {
        try Self.withService { lab, client, server throws in
            let ids = try lab.status().filter { $0.value["state"] as? String == "queued" }.keys.sorted()
            try lab.run("pause", ids[0], ids[1])
            let waiting = try client.start(["wait", "--experiment", "waiting", "--server", server.address])
            try lab.run("work", "--drain")
            try until { waiting.output.hasSuffix("  completed\n") }
            try server.stop()
            try lab.run("resume", ids[0], ids[1])
            try lab.run("work", "--drain")
            // It asks in vain meanwhile.
            Thread.sleep(forTimeInterval: 1)
            let second = try Server(lab, ["--port", "\(server.port)"])
            defer { _ = try? second.stop() }
            let output = try waiting.finish()
            #expect(output.status == 0 && output.lines.count == 3, "\(output)")
            #expect(output.lines.allSatisfy { $0.hasSuffix("  completed") })
        }
    }

    @Test("no connection ends with 69; without a token, or with a wrong one, the error names pcnlab login")
    func failing() throws {
        try Self.withService { lab, client, server throws in
            let alone = try client.run("status", "--server", "127.0.0.1:1")
            #expect(alone.status == 69 && alone.error.contains("no connection to http://127.0.0.1:1"), "\(alone.error)")
            let wrong = try client.run("status", "--server", server.address, environment: ["PCNLAB_TOKEN": "wrong"])
            #expect(wrong.status == 69 && wrong.error.contains("`pcnlab login \(server.address)`"), "\(wrong.error)")
            let none = try client.run("status", "--server", "localhost:\(server.port)")
            #expect(none.status == 69 && none.error.contains("wants a token; `pcnlab login"), "\(none.error)")
            let readOnly = try String(contentsOf: lab.lab.appending(path: "service-token-read-only"), encoding: .utf8)
            let reader = [
                "PCNLAB_TOKEN": readOnly.trimmingCharacters(in: .whitespacesAndNewlines), "PCNLAB_SERVER": server.address,
            ]
            #expect(try client.run("status", environment: reader).out == lab.run("status").out)
            let change = try client.run("pause", "--all", "--yes", environment: reader)
            #expect(change.status == 69 && change.error.contains("for reading only"), "\(change.error)")
            for address in ["ftp://a", "http://", "http://a/b", "a b"] {
                #expect(try client.run("status", "--server", address).status == 64, "\(address)")
            }
            #expect(try client.run("status", "--server", server.address, "--lab", "x").status == 64)
            #expect(try client.run("login", "\(server.address)/#token=wrong").status == 69)
            #expect(try client.run("report", "--confusion", "x", "--server", server.address).status == 64)
        }
    }

    @Test("login keeps a service's token in a file that only its owner may read")
    func login() throws {
        try Self.withService { _, client, server throws in
            let file = client.folder.appending(path: "config/pcnlab/tokens.json")
            let modes = try [file, file.deletingLastPathComponent()].map {
                try #require(FileManager.default.attributesOfItem(atPath: $0.path)[.posixPermissions] as? Int)
            }
            #expect(modes == [0o600, 0o700])
            #expect(try String(contentsOf: file, encoding: .utf8).contains("\"\(server.address)\" : \"\(server.token)\""))
            // A second one leaves the first, and a token can be given by the environment.
            #expect(
                try client.run("login", "LOCALHOST:\(server.port)", environment: ["PCNLAB_TOKEN": server.token]).status == 0)
            #expect(try client.run("status", "--server", "localhost:\(server.port)").status == 0)
            #expect(try client.run("status", "--server", server.address).status == 0)
        }
    }
}
