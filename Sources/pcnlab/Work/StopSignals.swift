import Foundation
import Synchronization

/// SIGINT, SIGTERM and SIGHUP: the first asks for a stop, a second one ends the process at once. One that was ignored when the
/// program started, as under nohup, stays ignored.
///
/// Dispatch's signal sources would not do: they want the signal ignored first, and one that came before that to a process
/// started with signals blocked is then lost. A handler that writes to a pipe loses none.
enum StopSignals {
    private static let first = Atomic<Int32>(0)
    private static let pipe: (output: Int32, input: Int32) = {
        var ends: [Int32] = [-1, -1]
        precondition(Foundation.pipe(&ends) == 0, "no pipe: \(String(cString: strerror(errno)))")
        return (ends[0], ends[1])
    }()

    /// The signal that asked for the stop, if one did.
    static var received: Int32? {
        let number = first.load(ordering: .relaxed)
        return number == 0 ? nil : number
    }

    /// From now on the first signal calls `stop`, on a thread of its own.
    static func listen(stop: @escaping @Sendable () -> Void) {
        // Made here, and not first in the handler, where little may be called.
        let output = pipe.output
        Thread.detachNewThread {
            var byte: UInt8 = 0
            while read(output, &byte, 1) == 1 { stop() }
        }
        var numbers = sigset_t()
        sigemptyset(&numbers)
        for number in [SIGINT, SIGTERM, SIGHUP] {
            if isIgnored(number) { continue }
            signal(number, handler)
            sigaddset(&numbers, number)
        }
        pthread_sigmask(SIG_UNBLOCK, &numbers, nil)
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        sigaction(number, nil, &action)
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    /// Calls only what may be called in a handler.
    private static let handler: @convention(c) (Int32) -> Void = { number in
        if !first.compareExchange(expected: 0, desired: number, ordering: .relaxed).exchanged { _exit(128 + number) }
        let error = errno
        var byte: UInt8 = 0
        _ = write(pipe.input, &byte, 1)
        errno = error
    }
}
