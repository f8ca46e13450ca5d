import Foundation
import Specs
import Synchronization

/// The log of each run, a file in the lab's folder: logs/RUN.log. Lines begin with the time.
///
/// No result depends on it. A line that cannot be written is kept, up to a limit, and written when that is possible again.
package final class RunLogs: Sendable {
    private struct State {
        /// Bytes of each run that are still to be written.
        var pending: [String: Data] = [:]
        var isIncomplete = false
        var failure: String?
    }

    private let folder: URL
    private let state = Mutex(State())

    /// Bytes that are kept for a run; lines beyond are lost.
    private static let limit = 1 << 16

    package init(folder: URL) { self.folder = folder }

    private func file(of run: String) -> URL { folder.appending(path: run + ".log") }

    /// Appends a line if the run has a log: the log of a removed run is gone.
    package func appendIfThere(_ text: String, run: String) -> String? {
        access(file(of: run).path, F_OK) == 0 ? append(text, run: run) : nil
    }

    /// Appends a line. Returns an error's text the first time that a line cannot be written.
    package func append(_ text: String, run: String) -> String? { append([text], run: run) }

    /// The same for several lines.
    package func append(_ lines: [String], run: String) -> String? {
        let time = Format.time(Int64(Date().timeIntervalSince1970 * 1000))
        return state.withLock { state in
            var pending = state.pending[run] ?? Data()
            let isBehind = !pending.isEmpty
            for line in lines.map({ Data("\(time)  \($0.printable)\n".utf8) }) {
                if isBehind, pending.count + line.count > Self.limit { state.isIncomplete = true } else { pending += line }
            }
            state.pending[run] = pending
            guard let error = write(run, &state), state.failure == nil else { return nil }
            state.failure = error
            return error
        }
    }

    /// Tries once more to write what is pending. Returns whether every line was written.
    package func finish() -> Bool {
        state.withLock { state in
            for run in state.pending.keys.sorted() { _ = write(run, &state) }
            return state.pending.isEmpty && !state.isIncomplete
        }
    }

    /// Writes what is pending for a run. Returns an error's text if something stays.
    private func write(_ run: String, _ state: inout State) -> String? {
        guard var pending = state.pending[run] else { return nil }
        let path = file(of: run).path
        let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
        guard file >= 0 else { return "cannot write \(path): \(String(cString: strerror(errno)))" }
        defer { close(file) }
        while !pending.isEmpty {
            // One call, so that lines of several workers are not interleaved.
            let count = pending.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                state.pending[run] = pending
                return "cannot write \(path): \(String(cString: strerror(errno)))"
            }
            pending = Data(pending.dropFirst(count))
        }
        state.pending[run] = nil
        return nil
    }

    /// The text from an offset in bytes, 256 KiB at most and whole lines where possible; the offset of what follows, and the log's size.
    package func part(of run: String, from offset: Int) -> (text: String, next: Int, size: Int) {
        guard let handle = FileHandle(forReadingAtPath: file(of: run).path) else { return ("", 0, 0) }
        defer { try? handle.close() }
        let size = Int((try? handle.seekToEnd()) ?? 0)
        // A log that is shorter than before is another one.
        let start = offset > size ? 0 : offset
        try? handle.seek(toOffset: UInt64(start))
        var bytes = (try? handle.read(upToCount: 1 << 18)) ?? nil ?? Data()
        if start + bytes.count < size, let end = bytes.lastIndex(of: 10) { bytes = bytes.prefix(through: end) }
        return (String(decoding: bytes, as: UTF8.self), start + bytes.count, size)
    }

    /// The lines, oldest first.
    package func lines(of run: String) -> [String] {
        let text = String(decoding: (try? Data(contentsOf: file(of: run))) ?? Data(), as: UTF8.self)
        return text.split(separator: "\n").map(String.init)
    }
}
