import Foundation
import Specs
import Synchronization

/// The standard output or the standard error, and what the terminal behind it can show.
///
/// Everything that the program prints passes through `write`. A failed write is remembered in `failure`, and nothing is written
/// after it; `reporting` turns it into a sentence and exit code 73.
struct Terminal: Sendable {
    static let output = Terminal(descriptor: STDOUT_FILENO)
    static let error = Terminal(descriptor: STDERR_FILENO)

    let descriptor: Int32
    let isTerminal: Bool
    /// Colours only on a terminal, and never under NO_COLOR (no-color.org).
    let hasColour: Bool
    private let state: State

    private final class State: Sendable {
        let failure = Atomic<Int32>(0)
    }

    init(descriptor: Int32) {
        let environment = ProcessInfo.processInfo.environment
        self.descriptor = descriptor
        isTerminal = isatty(descriptor) == 1 && environment["TERM"] != "dumb"
        hasColour = isTerminal && environment["NO_COLOR", default: ""].isEmpty
        state = State()
    }

    /// The system's error number of the first write that failed; nil if none did.
    var failure: Int32? {
        let number = state.failure.load(ordering: .relaxed)
        return number == 0 ? nil : number
    }

    /// Columns of the window; 100 where there is none.
    var columns: Int { window.map { Int($0.ws_col) } ?? 100 }

    /// Rows of the window; 24 where there is none.
    var rows: Int { window.map { Int($0.ws_row) } ?? 24 }

    private var window: winsize? {
        var size = winsize()
        guard isTerminal, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return nil }
        return size
    }

    /// Writes all of `text`, unless an earlier write failed. Where the reader of a pipe is gone, the process ends by SIGPIPE, or
    /// continues if `BrokenPipes.areSurvived`.
    func write(_ text: String) {
        guard failure == nil else { return }
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                bytes = bytes.dropFirst(count)
            } else if count < 0, errno == EAGAIN {
                var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&ready, 1, -1)
            } else if count == 0 || errno != EINTR {
                let number = count == 0 ? EIO : errno
                if number == EPIPE, !BrokenPipes.areSurvived { BrokenPipes.end() }
                state.failure.store(number, ordering: .relaxed)
                return
            }
        }
    }

    func line(_ text: String = "") { write(text + "\n") }
}

/// What happens when a program that reads our output ends before we do, as in `pcnlab … | head`.
enum BrokenPipes {
    private static let survived = Atomic<Bool>(false)

    static var areSurvived: Bool { survived.load(ordering: .relaxed) }

    /// From now on a write to a broken pipe fails and does not end the process.
    static func survive() {
        signal(SIGPIPE, SIG_IGN)
        survived.store(true, ordering: .relaxed)
    }

    /// Ends the process by SIGPIPE, also where its parent had the signal ignored or blocked.
    static func end() -> Never {
        signal(SIGPIPE, SIG_DFL)
        var numbers = sigset_t()
        sigemptyset(&numbers)
        sigaddset(&numbers, SIGPIPE)
        pthread_sigmask(SIG_UNBLOCK, &numbers, nil)
        raise(SIGPIPE)
        _exit(128 + SIGPIPE)
    }
}

/// The descriptors 0, 1 and 2 that a process is started with.
enum StandardDescriptors {
    /// Opens what the parent has closed, in a way that reads as empty and refuses to be written to. Otherwise the next file that is
    /// opened, a checkpoint for example, would get the number, and log lines would be written into it.
    static func occupy() {
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) == -1 && errno == EBADF {
            let file = open("/dev/null", O_RDONLY)
            guard file >= 0, file != descriptor else { continue }
            dup2(file, descriptor)
            close(file)
        }
    }
}

/// Colours of states and marks.
enum Colour: String {
    case red = "31", green = "32", yellow = "33", blue = "34", dim = "2", bold = "1"

    func paint(_ text: String, on terminal: Terminal) -> String {
        terminal.hasColour ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : text
    }
}
