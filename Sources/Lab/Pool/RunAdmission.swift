import Specs

/// Decides whether a run may start beside those that the pool trains already.
public protocol RunAdmission: Sendable {
    /// Whether a worker may start this run now. If so, what the run needs is reserved until `release`.
    func reserve(_ run: String, _ settings: Settings, worker: Int) -> AdmissionAnswer
    /// Releases what is reserved for a worker's run, if anything is.
    func release(worker: Int)
}

public enum AdmissionAnswer: Sendable, Equatable {
    case admitted
    /// The run waits for others to end; the text says for what.
    case waits(String)
}

/// Admits every run.
struct UnlimitedAdmission: RunAdmission {
    init() {}
    func reserve(_ run: String, _ settings: Settings, worker: Int) -> AdmissionAnswer { .admitted }
    func release(worker: Int) {}
}
