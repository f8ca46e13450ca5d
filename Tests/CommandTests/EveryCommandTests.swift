import ArgumentParser
import Foundation
import ProgramUnderTest
import Testing

@testable import pcnlab

/// Every command of the program, with output that cannot be written. A command without a row fails the first test.
@Suite("The output of every command", .serialized)
struct EveryCommandTests {
    /// Where a command writes when all goes well.
    private enum Stream: String {
        case output = ">"
        /// Commands that print nothing on the standard output: no sentence can be shown.
        case error = "2>"
    }

    private struct Row {
        /// BUNDLE is the folder of a bundle, DONE is a completed run, WAITING and OTHER are queued ones, NEW is a name that nothing has, SERVER is a service's URL.
        let arguments: String
        var stream = Stream.output
    }

    private static let rows: [String: Row] = [
        "backup": Row(arguments: "NEW", stream: .error),
        "bench": Row(arguments: "--batch 1 --rounds 1"),
        "cancel": Row(arguments: "OTHER"),
        "clean": Row(arguments: "DONE --yes", stream: .error),
        "cluster cancel": Row(arguments: "WAITING"),
        "cluster status": Row(arguments: ""),
        "cluster submit": Row(arguments: "WAITING --engine manual"),
        "cluster sync": Row(arguments: ""),
        "compare": Row(arguments: "DONE WAITING"),
        "data fetch": Row(arguments: "shapes", stream: .error),
        "data list": Row(arguments: ""),
        "data verify": Row(arguments: "shapes"),
        "doctor": Row(arguments: ""),
        "export": Row(arguments: "DONE"),
        "init": Row(arguments: "NEW"),
        "landscape": Row(arguments: "spec.json --samples 1"),
        "log": Row(arguments: "DONE"),
        "login": Row(arguments: "SERVER", stream: .error),
        "pause": Row(arguments: "WAITING"),
        "remove": Row(arguments: "OTHER --yes"),
        "report": Row(arguments: ""),
        "resume": Row(arguments: "WAITING"),
        "retry": Row(arguments: "OTHER"),
        "schema": Row(arguments: ""),
        "search best": Row(arguments: "found"),
        "set": Row(arguments: "DONE --priority 1"),
        "status": Row(arguments: ""),
        "predict": Row(arguments: "DONE image.png"),
        "serve": Row(arguments: "--port 0"),
        "publish": Row(arguments: "published", stream: .error),
        "import": Row(arguments: "published"),
        "spectrum": Row(arguments: "DONE --samples 10"),
        "submit": Row(arguments: "spec.json"),
        "train": Row(arguments: "BUNDLE", stream: .error),
        "verify": Row(arguments: "DONE"),
        "wait": Row(arguments: "DONE"),
        "work": Row(arguments: "--drain", stream: .error),
    ]

    /// The names of the commands that do something, such as "data list".
    private static func names(below command: any ParsableCommand.Type, _ path: [String] = []) -> [String] {
        let parts = command.configuration.subcommands
        if parts.isEmpty { return [path.joined(separator: " ")] }
        return parts.flatMap { names(below: $0, path + [$0._commandName]) }
    }

    @Test("is tested: each command of the program has a row here")
    func complete() { #expect(Self.names(below: PCNLab.self).sorted() == Self.rows.keys.sorted()) }

    /// Runs the program by a shell. Returns its exit code and its standard error.
    private func shell(_ command: String, in program: Program) throws -> (status: Int32, error: String) {
        let process = Process(), file = program.folder.appending(path: "shell-\(UUID().uuidString)")
        try Data().write(to: file)
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", "\"$0\" \(command)", Program.executable.path]
        process.currentDirectoryURL = program.folder
        process.environment = Program.environment.merging(["XDG_CONFIG_HOME": program.folder.path]) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: file)
        try process.run()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: try Data(contentsOf: file), as: UTF8.self))
    }

    @Test("that cannot be written is an error: 73 and a sentence", arguments: ["/dev/full", "&-"])
    func cannotBeWritten(_ target: String) throws {
        try Program.inNewFolder { program in
            let spec = try program.spec(smallSpec("a", epochs: 1))
            try Data(Colours.picture(0)).write(to: program.folder.appending(path: "image.png"))
            let ids = try program.run("submit", spec).lines.map { String($0.prefix(16)) }
            for id in ids.dropFirst() { try program.run("pause", id) }
            let search = """
                {"name": "found", "architecture": "linearnet", "linear": "low_rank", "dataset": "shapes", "train_samples": 20,
                 "test_samples": 20, "validation_samples": 20, "widths": [8], "batch_size": 10, "epochs": 1,
                 "search": {"trials": 2, "space": {"d": [1, 2]}}}
                """
            try program.run("submit", program.spec(search, "search.json"))
            try program.run("work", "--drain")
            for id in ids.dropFirst() { try program.run("resume", id) }
            try program.run("cluster", "submit", "--engine", "manual", ids[1])
            let bundle = program.folder.appending(path: "bundle")
            try FileManager.default.copyItem(atPath: program.bundle(ids[1]), toPath: bundle.path)
            try program.run("cluster", "cancel", ids[1])
            let server = try Server(program)
            defer { _ = try? server.stop() }
            // In the order of the help, `cancel` before `retry` and `work` where nothing may wait any more last.
            let names = Self.names(below: PCNLab.self).filter { $0 != "work" } + ["work"]
            for (number, name) in names.enumerated() {
                guard let row = Self.rows[name] else { continue }
                let arguments = row.arguments.replacing("BUNDLE", with: bundle.path).replacing("DONE", with: ids[0]).replacing(
                    "WAITING", with: ids[1]
                )
                .replacing("OTHER", with: ids[2]).replacing("NEW", with: "new-\(number)")
                .replacing("SERVER", with: "'\(server.address)/#token=\(server.token)'")
                let (status, error) = try shell("\(name) \(arguments) \(row.stream.rawValue)\(target)", in: program)
                #expect(status == 73, "\(name) \(row.stream.rawValue) \(target): \(status) \(error)")
                if row.stream == .output { #expect(error.contains("cannot write the output: "), "\(name): \(error)") }
            }
        }
    }

    @Test("as JSON or help that cannot be written is an error too", arguments: ["/dev/full", "&-"])
    func forms(_ target: String) throws {
        try Program.inNewFolder { program in
            let spec = try program.spec(smallSpec("a", epochs: 1))
            let id = try #require(try program.run("submit", spec).lines.first?.prefix(16))
            let forms = [
                "status --json", "status \(id)", "status --watch", "report --format json", "log --json \(id)",
                "submit --dry-run \(spec)", "--help", "help status", "--version",
                "--generate-completion-script bash",
            ]
            for form in forms + Self.names(below: PCNLab.self).map({ $0 + " --help" }) {
                let (status, error) = try shell("\(form) >\(target)", in: program)
                #expect(status == 73 && error.contains("cannot write the output: "), "\(form) > \(target): \(status) \(error)")
            }
        }
    }
}
