/// What the training of one attempt came to.
public enum TrainingOutcome: Sendable, Equatable {
    case completed(FinalFigures)
    case diverged(String)
    /// It stopped because its control said so, with a checkpoint.
    case stopped
}

/// What a pool tells whoever watches it.
public protocol WorkerPoolObserver: Sendable {
    func started(_ claim: Claim, worker: Int)
    func ended(_ claim: Claim, worker: Int, outcome: AttemptOutcome, state: RunState?)
    /// The pool goes on, but the watcher should know: a database that was busy for long, say.
    func trouble(_ text: String)
}
