/// How the training of one attempt ended.
public enum TrainingOutcome: Sendable, Equatable {
    case completed(FinalFigures)
    case diverged(String)
    /// It is trained to the epoch that its claim says, with a checkpoint.
    case reachedRung
    /// It stopped because its control asked for it, with a checkpoint.
    case stopped
}

/// Receives the events of a pool.
public protocol WorkerPoolObserver: Sendable {
    func started(_ claim: Claim, worker: Int)
    func ended(_ claim: Claim, worker: Int, outcome: AttemptOutcome, state: RunState?)
    /// Something that a person waits for has happened.
    func notice(_ text: String)
    /// A problem that does not stop the pool, such as a database that is busy for long.
    func trouble(_ text: String)
}
