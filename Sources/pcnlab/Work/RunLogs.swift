import Foundation

/// What each run had to say, a file for each in the lab's folder: logs/RUN.log. Lines begin with the time.
///
/// It is for people. What cannot be written is left out: no result depends on it.
struct RunLogs: Sendable {
    let folder: URL

    private func file(of run: String) -> URL { folder.appending(path: run + ".log") }

    func append(_ text: String, run: String) {
        let line = Data("\(Format.time(Int64(Date().timeIntervalSince1970 * 1000)))  \(text.printable)\n".utf8)
        let file = open(file(of: run).path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
        guard file >= 0 else { return }
        defer { close(file) }
        // One call: lines of several workers do not mix.
        _ = line.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
    }

    /// The lines, oldest first.
    func lines(of run: String) -> [String] {
        let text = String(decoding: (try? Data(contentsOf: file(of: run))) ?? Data(), as: UTF8.self)
        return text.split(separator: "\n").map(String.init)
    }
}
