import Foundation
import Synchronization

/// Runs a program of the system and collects what it prints.
struct Command {
    let program: String
    let arguments: [String]

    struct Output {
        /// Nil if it was ended because it took too long.
        let status: Int32?
        let out: String
        let error: String
    }

    /// Returns nil if there is no such program.
    /// - Parameter limit: seconds after which it is killed.
    func run(limit: Double = 60) -> Output? {
        let process = Process(), out = Pipe(), error = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.standardInput = FileHandle.nullDevice
        (process.standardOutput, process.standardError) = (out, error)
        let texts = Mutex(["", ""]), group = DispatchGroup()
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        do { try process.run() } catch { return nil }
        // Both pipes are read at once: a full one would stop the program.
        for (index, pipe) in [out, error].enumerated() {
            let handle = pipe.fileHandleForReading
            DispatchQueue.global().async(group: group) {
                let text = String(decoding: (try? handle.readToEnd()) ?? nil ?? Data(), as: UTF8.self)
                texts.withLock { $0[index] = text }
            }
        }
        var isLate = false
        if ended.wait(timeout: .now() + limit) == .timedOut {
            isLate = true
            kill(process.processIdentifier, SIGKILL)
            ended.wait()
        }
        // A child of the program may keep the pipes open.
        _ = group.wait(timeout: .now() + 2)
        let (first, second) = texts.withLock { ($0[0], $0[1]) }
        if process.terminationStatus == 127, !isLate { return nil }
        return Output(status: isLate ? nil : process.terminationStatus, out: first, error: second)
    }
}
