import Foundation
import ProgramUnderTest
import Testing

/// A terminal that shows what a person would see.
private final class Tmux {
    static let path = ["/usr/bin/tmux", "/usr/local/bin/tmux", "/opt/homebrew/bin/tmux"].first(
        where: FileManager.default.isExecutableFile)

    private let socket = "pcnlab-\(UUID().uuidString.prefix(8))"
    private let folder: URL
    private let server: Process

    /// The server is a child of this process and no daemon, for which `waitUntilExit` would wait.
    init(_ folder: URL) throws {
        self.folder = folder
        server = Process()
        try start(server, ["-D"])
        // A command that starts no server of its own.
        try until { try self("show-options", "-s").contains("exit-empty") }
    }

    /// A server that is no daemon does not end by `kill-server`.
    func end() { kill(server.processIdentifier, SIGKILL) }

    @discardableResult
    func callAsFunction(_ arguments: String...) throws -> String {
        let process = Process()
        let output = try start(process, arguments)
        process.waitUntilExit()
        return String(decoding: try Data(contentsOf: output), as: UTF8.self)
    }

    /// Returns the file of its output.
    @discardableResult
    private func start(_ process: Process, _ arguments: [String]) throws -> URL {
        let file = folder.appending(path: "tmux-\(UUID().uuidString)")
        try Data().write(to: file)
        process.executableURL = URL(fileURLWithPath: Self.path ?? "/usr/bin/tmux")
        process.arguments = ["-L", socket, "-f", "/dev/null"] + arguments
        process.currentDirectoryURL = folder
        process.environment = Program.environment.merging(["TERM": "xterm-256color"]) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: file)
        process.standardError = FileHandle.nullDevice
        try process.run()
        return file
    }

    /// The lines of the window that are not empty.
    func lines() throws -> [String] { try self("capture-pane", "-p").split(separator: "\n").map(String.init) }
}

// One server at a time: a child of this process may hold what `waitUntilExit` of another one waits for.
@Suite("A terminal in which `status --watch` was interrupted", .serialized)
struct TmuxTests {
    @Test(
        "shows what it showed before, also where its window has grown or shrunk meanwhile",
        .enabled(if: Tmux.path != nil, "no tmux"),
        arguments: [(40, 10, 200, 50), (200, 50, 40, 10)])
    func restored(_ columns: Int, _ rows: Int, _ newColumns: Int, _ newRows: Int) throws {
        try Program.inNewFolder { program in
            let seeds = (1...60).map(String.init).joined(separator: ",")
            let spec = """
                {"name": "a", "architecture": "linearnet", "dataset": "shapes", "widths": [8], "sweep": {"seed": [\(seeds)]}}
                """
            try program.run("submit", program.spec(spec))
            let ids = try program.status().keys.map { $0.prefix(8) }
            let tmux = try Tmux(program.folder)
            defer { tmux.end() }
            try tmux("new-session", "-d", "-x", "\(columns)", "-y", "\(rows)", "/bin/sh")
            try tmux("set", "-g", "window-size", "manual")
            try tmux("resize-window", "-x", "\(columns)", "-y", "\(rows)")
            try tmux("send-keys", "echo bef''ore; '\(Program.executable.path)' status --watch; echo af''ter", "Enter")
            try until { try tmux.lines().contains { $0.contains("60 queued") } }
            try tmux("resize-window", "-x", "\(newColumns)", "-y", "\(newRows)")
            try until { try tmux.lines().count(where: { $0.contains("queued") }) > min(rows, newRows) - 4 }
            Thread.sleep(forTimeInterval: 1.5)
            try tmux("send-keys", "C-c")
            try until { ["after", "$", "#"].contains(try tmux.lines().last) }
            let lines = try tmux.lines()
            #expect(lines.contains("before"), "\(lines)")
            #expect(!lines.contains { line in ids.contains { line.contains($0) } }, "\(lines.joined(separator: "\n"))")
        }
    }
}
