import Foundation
import ProgramUnderTest
import Testing

/// A terminal that shows what a person would see.
private struct Tmux {
    static let path = ["/usr/bin/tmux", "/usr/local/bin/tmux", "/opt/homebrew/bin/tmux"].first(
        where: FileManager.default.isExecutableFile)

    private let socket = "pcnlab-\(UUID().uuidString.prefix(8))"
    let folder: URL

    @discardableResult
    func callAsFunction(_ arguments: String...) throws -> String {
        let process = Process(), pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: Self.path ?? "/usr/bin/tmux")
        process.arguments = ["-L", socket, "-f", "/dev/null"] + arguments
        process.currentDirectoryURL = folder
        process.environment = ProcessInfo.processInfo.environment.merging(["TERM": "xterm-256color", "PS1": "$ "]) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        return text
    }

    /// The lines of the window that are not empty.
    func lines() throws -> [String] { try self("capture-pane", "-p").split(separator: "\n").map(String.init) }
}

@Suite("A terminal in which `status --watch` was interrupted")
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
            let tmux = Tmux(folder: program.folder)
            try tmux("new-session", "-d", "-x", "\(columns)", "-y", "\(rows)", "/bin/sh")
            defer { _ = try? tmux("kill-server") }
            try tmux("set", "-g", "window-size", "manual")
            try tmux("resize-window", "-x", "\(columns)", "-y", "\(rows)")
            try tmux("send-keys", "echo bef''ore; '\(Program.executable.path)' status --watch; echo af''ter", "Enter")
            try until { try tmux.lines().contains { $0.contains("60 queued") } }
            try tmux("resize-window", "-x", "\(newColumns)", "-y", "\(newRows)")
            try until { try tmux.lines().count(where: { $0.contains("queued") }) > min(rows, newRows) - 4 }
            Thread.sleep(forTimeInterval: 1.5)
            try tmux("send-keys", "C-c")
            try until { try tmux.lines().contains("after") || tmux.lines().last?.hasPrefix("$") == true }
            let lines = try tmux.lines()
            #expect(lines.contains("before"), "\(lines)")
            #expect(!lines.contains { line in ids.contains { line.contains($0) } }, "\(lines.joined(separator: "\n"))")
        }
    }
}
