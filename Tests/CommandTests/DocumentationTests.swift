import Foundation
import ProgramUnderTest
import Testing

/// The pages of docs/ say what the program does: their commands are run, in their order.
@Suite("The pages of docs/")
struct DocumentationTests {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static func commands(_ page: String) throws -> [String] {
        try String(contentsOf: root.appending(path: "docs/\(page)"), encoding: .utf8).split(separator: "\n")
            .filter { $0.hasPrefix("$ pcnlab ") }.map { String($0.dropFirst(2)) }
    }

    /// Runs a line as a shell does, with the program under its name.
    private func shell(_ line: String, _ program: Program) throws -> (status: Int32, text: String) {
        let process = Process(), pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", "pcnlab() { \"\(Program.executable.path)\" \"$@\"; }; \(line)"]
        process.currentDirectoryURL = program.folder
        process.environment = Program.environment
        process.standardInput = FileHandle.nullDevice
        (process.standardOutput, process.standardError) = (pipe, pipe)
        try process.run()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }

    @Test("every command of runs.md ends well, in its order")
    func runs() throws {
        let commands = try Self.commands("runs.md")
        try #require(commands.count >= 15)
        try Program.inNewFolder { program in
            _ = try program.spec(
                """
                {"name": "runs", "architecture": "linearnet", "dataset": "shapes", "train_samples": 60, "test_samples": 20,
                 "batch_size": 20, "widths": [8], "epochs": 2, "sweep": {"d": [2, 4], "seed": [1, 2, 3]}}
                """, "runs.json")
            for command in commands {
                let output = try shell(command, program)
                #expect(output.status == 0, "\(command): \(output.text)")
            }
            let ended = try String(contentsOf: program.folder.appending(path: "ended.txt"), encoding: .utf8)
            #expect(ended.split(separator: "\n").count == 6 && ended.contains("LinearNet-PCN2 completed 0."))
        }
    }

    @Test("every command of service.md ends well, in its order, on a service that trains")
    func service() throws {
        let text = try String(contentsOf: Self.root.appending(path: "docs/service.md"), encoding: .utf8)
        let commands = text.split(separator: "\n").filter { $0.hasPrefix("$ ") }.map { String($0.dropFirst(2)) }
        try #require(commands.count >= 12 && commands[0] == "pcnlab serve --workers 1")
        try Program.inNewFolder { program in
            let spec = try program.spec(smallSpec("small", epochs: 2))
            let server = try Server(program, ["--workers", "1", "--threads", "1"])
            defer { _ = try? server.stop() }
            let hasCurl = try shell("command -v curl", program).status == 0
            for command in commands.dropFirst() where hasCurl || !command.contains("curl ") {
                let command = command.replacing("7878", with: "\(server.port)").replacing("spec.json", with: spec)
                let config = "export XDG_CONFIG_HOME='\(program.folder.appending(path: "config").path)'; "
                let output = try shell(config + command, program)
                #expect(output.status == 0 && (!output.text.isEmpty || command.contains(" -o ")), "\(command): \(output.text)")
            }
            guard hasCurl else { return }
            let report = try String(contentsOf: program.folder.appending(path: "report.csv"), encoding: .utf8)
            #expect(report.split(separator: "\n").count >= 4, "\(report)")
        }
    }

    @Test("every command of cluster.md that needs no Slurm ends well, in its order")
    func cluster() throws {
        let text = try String(contentsOf: Self.root.appending(path: "docs/cluster.md"), encoding: .utf8)
        let commands = text.split(separator: "\n").filter { $0.hasPrefix("$ ") }.map { String($0.dropFirst(2)) }
            .filter { !$0.contains("slurm") && !$0.contains("--watch") }
        try #require(commands.count >= 8)
        try Program.inNewFolder { program in
            _ = try program.spec(smallSpec("small", epochs: 2))
            _ = try program.spec(smallSpec("another", epochs: 3, samples: 400), "another.json")
            for command in commands {
                // xargs calls no function of the shell.
                let command = command.replacing(" pcnlab train", with: " '\(Program.executable.path)' train")
                let output = try shell(command, program)
                #expect(output.status == 0, "\(command): \(output.text)")
            }
            let states = try program.status().values.map { $0["state"] as? String }
            #expect(states.count == 6 && states.allSatisfy { $0 == "completed" }, "\(states)")
        }
    }

    @Test("every command of search.md ends well, in its order, and its example is what they search")
    func search() throws {
        let text = try String(contentsOf: Self.root.appending(path: "docs/search.md"), encoding: .utf8)
        let spec = try #require(text.components(separatedBy: "```").first { $0.hasPrefix("json\n") }).dropFirst("json\n".count)
        try Program.inNewFolder { program in
            _ = try program.spec(String(spec), "search.json")
            var texts: [String] = []
            for command in try Self.commands("search.md") {
                let output = try shell(command, program)
                #expect(output.status == 0, "\(command): \(output.text)")
                texts.append(output.text)
            }
            try #require(texts.count == 9)
            #expect(texts[0].contains("find-rate: 27 trials to epoch 1, about") && texts[0].contains("core-hours in all;"))
            #expect(texts[3].contains("rungs: epoch 1: 27 of 27; epoch 3: 9 of 9; the end, epoch 9: 3 of 3"))
            #expect(texts[8].contains("5 of 5 runs queued"))
        }
    }

    @Test("every command of compression.md ends well, in its order, on its example")
    func compression() throws {
        let text = try String(contentsOf: Self.root.appending(path: "docs/compression.md"), encoding: .utf8)
        let spec = try #require(text.components(separatedBy: "```").first { $0.hasPrefix("json\n") }).dropFirst("json\n".count)
        try Program.inNewFolder { program in
            _ = try program.spec(String(spec), "compress.json")
            var texts: [String] = []
            for command in try Self.commands("compression.md") {
                let isOfRun = command.contains("RUN")
                let run = isOfRun ? try program.status().first { "\($0.value)".contains("keep_outputs") }?.key ?? "" : ""
                let output = try shell(command.replacing("RUN", with: run), program)
                #expect(output.status == 0, "\(command): \(output.text)")
                texts.append(output.text)
            }
            try #require(texts.count == 5)
            #expect(
                texts[2].contains("231050 parameters in full; compressed 13294 trainable, 17.4 times fewer, and 51566 stored"))
            #expect(texts[3].contains("components kept, 99 % of the variance in"), "\(texts[3])")
            #expect(texts[4].contains("linear.2  64 inputs, "), "\(texts[4])")
        }
    }

    @Test("the README leads to every page")
    func linked() throws {
        let readme = try String(contentsOf: Self.root.appending(path: "README.md"), encoding: .utf8)
        let pages = try FileManager.default.contentsOfDirectory(atPath: Self.root.appending(path: "docs").path)
        for page in pages where page.hasSuffix(".md") { #expect(readme.contains("](docs/\(page))"), "\(page)") }
    }
}
