import Foundation

/// An output stream, and what the terminal behind it can show.
struct Terminal: Sendable {
    static let output = Terminal(descriptor: STDOUT_FILENO)
    static let error = Terminal(descriptor: STDERR_FILENO)

    let descriptor: Int32
    let isTerminal: Bool
    /// Colours only on a terminal, and never under NO_COLOR (no-color.org).
    let hasColour: Bool

    private init(descriptor: Int32) {
        let environment = ProcessInfo.processInfo.environment
        self.descriptor = descriptor
        isTerminal = isatty(descriptor) == 1 && environment["TERM"] != "dumb"
        hasColour = isTerminal && environment["NO_COLOR", default: ""].isEmpty
    }

    /// Columns of the window; 100 where there is none.
    var columns: Int {
        var size = winsize()
        return isTerminal && ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 100
    }

    /// Writes all of `text` at once. A reader that went away (`| head`) is no error.
    func write(_ text: String) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }

    func line(_ text: String = "") { write(text + "\n") }
}

/// Colours of states and marks.
enum Colour: String {
    case red = "31", green = "32", yellow = "33", blue = "34", dim = "2", bold = "1"

    func paint(_ text: String, on terminal: Terminal) -> String {
        terminal.hasColour ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : text
    }
}

extension String {
    /// With what a terminal obeys replaced, so that no name can move its cursor, begin a line or turn the direction of writing.
    var printable: String { replacing { $0.isObeyed } }

    /// The same for a text of several lines.
    var printableLines: String { replacing { $0.isObeyed && $0 != "\n" } }

    private func replacing(_ isUnfit: (Unicode.Scalar) -> Bool) -> String {
        String(String.UnicodeScalarView(unicodeScalars.map { isUnfit($0) ? "\u{FFFD}" : $0 }))
    }
}

extension Unicode.Scalar {
    var isObeyed: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: properties.isBidiControl
        }
    }
}
