import Synchronization

/// Why a worker should stop training at the next batch.
enum StopReason: Sendable, Equatable {
    /// The process was told to stop: the run returns to the queue.
    case shutdown
    case asked(RunRequest)
    /// Fewer epochs are wanted: the run returns to the queue, and a worker takes it with the new length.
    case shortened
    /// A later attempt has the run: nothing more may be written.
    case superseded
}

/// Stops the training of one run: the pool sets the reason, and training reads it between batches.
public final class RunControl: Sendable {
    private let reason = Mutex<StopReason?>(nil)
    private let isStopping = Atomic<Bool>(false)

    init() {}

    /// Cheap enough to be read before every batch.
    public var shouldStop: Bool { isStopping.load(ordering: .relaxed) }

    var stopReason: StopReason? { reason.withLock { $0 } }

    /// Asks for a stop. `superseded` replaces every other reason; otherwise the first reason is kept.
    func stop(_ new: StopReason) {
        reason.withLock { if $0 == nil || new == .superseded { $0 = new } }
        isStopping.store(true, ordering: .relaxed)
    }
}
