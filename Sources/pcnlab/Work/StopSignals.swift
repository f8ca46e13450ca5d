import Foundation
import Synchronization

/// SIGINT, SIGTERM and SIGHUP: the first asks for a stop, a second one ends the process at once.
final class StopSignals: Sendable {
    private let first = Atomic<Int32>(0)
    // Kept alive as long as this object; only ever touched in `init`.
    nonisolated(unsafe) private var sources: [any DispatchSourceSignal] = []

    init(stop: @escaping @Sendable () -> Void) {
        for number in [SIGINT, SIGTERM, SIGHUP] {
            // The default action would end the process before the handler below runs.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: DispatchQueue(label: "pcnlab.signals"))
            source.setEventHandler { @Sendable [self] in
                if !first.compareExchange(expected: 0, desired: number, ordering: .relaxed).exchanged { _exit(128 + number) }
                stop()
            }
            source.activate()
            sources.append(source)
        }
    }

    /// The signal that asked for the stop, if one did.
    var received: Int32? {
        let number = first.load(ordering: .relaxed)
        return number == 0 ? nil : number
    }
}
