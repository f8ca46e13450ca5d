import Foundation
import Synchronization

/// Handles SIGINT, SIGTERM and SIGHUP: the first signal asks for a stop, a second one ends the process at once. One that follows the first
/// within a tenth of a second is a repetition: `timeout` sends its signal to the process and then to the process's group. A signal that was
/// ignored when the program started, as under nohup, stays ignored.
///
/// Dispatch's signal sources require that the signal is ignored first. A pending signal of a process that was started with signals
/// blocked is lost then. A handler that writes to a pipe loses none.
enum StopSignals {
    private static let first = Atomic<Int32>(0)
    /// When the first signal came, in nanoseconds of the monotonic clock.
    private static let firstTime = Atomic<Int64>(0)
    private static let repetition: Int64 = 100_000_000
    private static let isPatient = Atomic<Bool>(false)
    private static let pipe: (output: Int32, input: Int32) = {
        var ends: [Int32] = [-1, -1]
        precondition(Foundation.pipe(&ends) == 0, "no pipe: \(String(cString: strerror(errno)))")
        return (ends[0], ends[1])
    }()

    /// The signal that asked for the stop; nil if none did.
    static var received: Int32? {
        let number = first.load(ordering: .relaxed)
        return number == 0 ? nil : number
    }

    /// Installs the handlers. The first signal calls `stop` on a separate thread.
    /// - Parameter ofBatchSystem: whether SIGUSR1 asks for a stop too, and further signals are ignored: batch systems repeat them.
    static func listen(ofBatchSystem isBatch: Bool = false, stop: @escaping @Sendable () -> Void) {
        // Before a handler can run.
        isPatient.store(isBatch, ordering: .relaxed)
        // Initialised here, because the handler may call only a few functions.
        let output = pipe.output
        Thread.detachNewThread {
            var byte: UInt8 = 0
            while read(output, &byte, 1) == 1 { stop() }
        }
        var numbers = sigset_t()
        sigemptyset(&numbers)
        for number in [SIGINT, SIGTERM, SIGHUP] + (isBatch ? [SIGUSR1] : []) {
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

    /// Calls only async-signal-safe functions.
    private static let handler: @convention(c) (Int32) -> Void = { number in
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        let now = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
        if !first.compareExchange(expected: 0, desired: number, ordering: .relaxed).exchanged {
            if isPatient.load(ordering: .relaxed) { return }
            // 0: the handler of the first signal, on another thread, has not stored it yet.
            let before = firstTime.load(ordering: .relaxed)
            if before == 0 || now - before < repetition { return }
            _exit(128 + number)
        }
        firstTime.store(now, ordering: .relaxed)
        let error = errno
        var byte: UInt8 = 0
        _ = write(pipe.input, &byte, 1)
        errno = error
    }
}
