import Lab
import Specs

/// What a controller did, as it happens.
public enum ClusterEvent: Sendable {
    /// Jobs were submitted.
    case submitted(job: String, engine: String, jobs: Int, runs: Int)
    case started(run: String, attempt: Int, place: RemotePlace)
    /// New epochs of a run that trains to so many.
    case epochs(run: String, [EpochRow], of: Int)
    /// An attempt ended; nil where its run was removed or is another attempt's.
    case ended(run: String, AttemptOutcome, state: RunState?)
    /// An attempt ended before it trained anything.
    case notStarted(run: String, reason: String)
    /// What a person should know.
    case notice(String)
    /// What went wrong, and is tried again.
    case trouble(String)
}

/// Receives the events of a controller.
public typealias ClusterObserver = @Sendable (ClusterEvent) -> Void

/// What one pass of a controller left.
public struct ClusterSummary: Sendable, Equatable {
    /// Runs that wait for a job or in one, and runs in training.
    public var waiting = 0
    public var running = 0
    /// Jobs whose end is not on record.
    public var jobs = 0
    /// Whether something has changed in this pass.
    public var hasNews = false
    /// Why an engine could not be asked; nil if all answered.
    public var trouble: String?

    /// Whether no run of the lab waits for an engine, and no job is left.
    public var isDone: Bool { waiting == 0 && running == 0 && jobs == 0 }
}
