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
        process.environment = ProcessInfo.processInfo.environment.filter { !["PCNLAB_HOME", "PCNLAB_DATASETS"].contains($0.key) }
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

    @Test("the README leads to every page")
    func linked() throws {
        let readme = try String(contentsOf: Self.root.appending(path: "README.md"), encoding: .utf8)
        let pages = try FileManager.default.contentsOfDirectory(atPath: Self.root.appending(path: "docs").path)
        for page in pages where page.hasSuffix(".md") { #expect(readme.contains("](docs/\(page))"), "\(page)") }
    }
}
