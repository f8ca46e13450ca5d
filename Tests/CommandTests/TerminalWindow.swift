import Foundation
import ProgramUnderTest

/// A terminal's window in which the program runs, and what it has drawn.
final class TerminalWindow {
    private let master: Int32
    private let process = Process()
    private var output = ""

    /// Starts the program in a window of this size.
    /// - Parameter isWhole: whether the program also reads from the terminal and writes its messages there.
    init(_ program: Program, _ arguments: [String], rows: Int, columns: Int, isWhole: Bool = false) throws {
        master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        // Linux's TIOCSPTLCK and TIOCGPTN, which unlockpt and ptsname call.
        var isLocked: Int32 = 0, number: UInt32 = 0
        guard master >= 0, ioctl(master, 0x4004_5431, &isLocked) == 0, ioctl(master, 0x8004_5430, &number) == 0 else {
            throw NoTerminal()
        }
        let slave = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
        guard slave >= 0 else { throw NoTerminal() }
        process.executableURL = Program.executable
        process.arguments = arguments
        process.currentDirectoryURL = program.folder
        process.environment = Program.environment.merging(["TERM": "xterm-256color", "NO_COLOR": ""]) { $1 }
        process.standardInput = FileHandle.nullDevice
        let terminal = FileHandle(fileDescriptor: slave, closeOnDealloc: true)
        process.standardOutput = terminal
        if isWhole {
            process.standardInput = terminal
            process.standardError = terminal
        }
        try resize(rows: rows, columns: columns)
        try process.run()
    }

    struct NoTerminal: Error {}

    func resize(rows: Int, columns: Int) throws {
        var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        guard ioctl(master, UInt(TIOCSWINSZ), &size) == 0 else { throw NoTerminal() }
        if process.isRunning {
            _ = whole()
            output = ""
            kill(process.processIdentifier, SIGWINCH)
        }
    }

    /// All that was written since the window got its size.
    func whole() -> String {
        var ready = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
        while poll(&ready, 1, 300) > 0 {
            var bytes = [UInt8](repeating: 0, count: 65_536)
            let count = read(master, &bytes, bytes.count)
            if count <= 0 { break }
            output += String(decoding: bytes.prefix(count), as: UTF8.self)
        }
        return output
    }

    /// Types a line, and waits for the program's end. Returns the exit code.
    func answer(_ text: String) -> Int32 {
        let bytes = Array((text + "\n").utf8)
        _ = write(master, bytes, bytes.count)
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// The lines of each drawing, from the top, without colours.
    func frames() throws -> [[String]] {
        try until { whole().components(separatedBy: "\u{1B}[H").count > 2 }
        return output.components(separatedBy: "\u{1B}[H").dropFirst().dropLast().map { frame in
            frame.replacing("\r\n", with: "\n").replacing(/\u{1B}\[[0-9;?]*[A-Za-z]/, with: "").split(
                separator: "\n", omittingEmptySubsequences: false
            ).map(String.init)
        }
    }

    /// Ends the program by Ctrl-C's signal. Returns what it wrote at the end.
    func interrupt() -> String {
        _ = whole()
        output = ""
        kill(process.processIdentifier, SIGINT)
        process.waitUntilExit()
        return whole()
    }

    var endedBySignal: Int32? { process.terminationReason == .uncaughtSignal ? process.terminationStatus : nil }

    deinit {
        if process.isRunning { process.terminate() }
        close(master)
    }
}
