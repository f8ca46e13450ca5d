import Foundation

/// A terminal's whole window with a text that is redrawn in place. The text is on the alternate screen: nothing is added to the
/// scrollback, and what was on the terminal before is there again afterwards.
enum LiveScreen {
    /// Draws `frame` every second, and at once if the window's size changes, until a signal ends the process or the terminal cannot
    /// be written any more.
    ///
    /// - Parameter frame: the lines to show, at most `rows`; longer lines than `columns` are cut.
    static func show(on terminal: Terminal, _ frame: (_ rows: Int, _ columns: Int) throws -> [String]) throws {
        var numbers = sigset_t()
        sigemptyset(&numbers)
        for number in [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGWINCH] {
            signal(number, handler)
            sigaddset(&numbers, number)
        }
        // The process may have been started with signals blocked.
        pthread_sigmask(SIG_UNBLOCK, &numbers, nil)
        terminal.write(enter)
        defer { terminal.write(leave) }
        while terminal.failure == nil {
            let (rows, columns) = (terminal.rows, terminal.columns)
            let lines = try frame(rows, columns).prefix(rows).map { "\u{1B}[K" + $0.cut(toColumns: columns) }
            // From the top; each line is erased before it is written, and then everything below.
            terminal.write("\u{1B}[H" + lines.joined(separator: "\n") + (lines.count < rows ? "\n\u{1B}[J" : ""))
            for number in signals(within: 1000) where number != SIGWINCH {
                terminal.write(leave)
                end(by: number == SIGTSTP ? SIGSTOP : number)
                terminal.write(enter)
            }
        }
    }

    /// The alternate screen, without a cursor, on which long lines are cut and not wrapped.
    private static let enter = "\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l\u{1B}[2J"
    /// Erased from the top before it is left: where the window has grown meanwhile, tmux keeps what is below the other screen's lines.
    private static let leave = "\u{1B}[H\u{1B}[2J\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l"

    /// What the signal does by default. Returns if the process was only stopped.
    private static func end(by number: Int32) {
        if number != SIGSTOP { signal(number, SIG_DFL) }
        raise(number)
    }

    private static let pipe: (output: Int32, input: Int32) = {
        var ends: [Int32] = [-1, -1]
        precondition(Foundation.pipe(&ends) == 0, "no pipe: \(String(cString: strerror(errno)))")
        for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
        return (ends[0], ends[1])
    }()

    /// Calls only async-signal-safe functions.
    private static let handler: @convention(c) (Int32) -> Void = { number in
        let error = errno
        var byte = UInt8(truncatingIfNeeded: number)
        _ = write(pipe.input, &byte, 1)
        errno = error
    }

    /// The signals that arrive within so many milliseconds, up to the first.
    private static func signals(within milliseconds: Int32) -> [Int32] {
        var ready = pollfd(fd: pipe.output, events: Int16(POLLIN), revents: 0)
        poll(&ready, 1, milliseconds)
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = read(pipe.output, &bytes, bytes.count)
        return bytes.prefix(max(0, count)).map { Int32($0) }
    }
}
