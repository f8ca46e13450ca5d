import Lab
import Specs

/// A line of the output of `submit`.
struct SubmittedRun: Encodable {
    let id: String
    let experiment: String
    let model: String
    let dataset: String
    let seed: Int
    let epochs: Int
    let outcome: String
    let state: RunState?
    let extendedFrom: Int?

    init(_ id: String, _ experiment: String, _ settings: Settings, _ outcome: SubmissionOutcome) {
        (self.id, self.experiment) = (id, experiment)
        (model, dataset) = (settings.model, settings.dataset.name)
        (seed, epochs) = (settings.seed, settings.epochs)
        switch outcome {
        case .queued: (self.outcome, state, extendedFrom) = ("queued", nil, nil)
        case .found(let found): (self.outcome, state, extendedFrom) = ("found", found, nil)
        case .extended(let from, let now): (self.outcome, state, extendedFrom) = ("extended", now, from)
        }
    }

    var text: String {
        let what =
            switch (state, extendedFrom) {
            case (let state?, nil):
                "already there (\(state.rawValue)); not queued again" + (state.wayBack.map { "; \($0)" } ?? "")
            case (let state?, let from?):
                "extended from \(from) to \(epochs) epochs"
                    + (state.wayBack.map { "; it is \(state.rawValue), \($0)" } ?? "")
            default: "queued"
            }
        return "\(id)  \(model)  \(dataset)  seed \(seed)  \(epochs) epochs  \(what)"
    }
}

extension RunState {
    /// How a run that is neither queued nor completed returns to the queue.
    fileprivate var wayBack: String? {
        switch self {
        case .paused: "`pcnlab resume` queues it"
        case .failed, .diverged, .cancelled: "`pcnlab retry` queues it"
        case .queued, .running, .completed: nil
        }
    }
}
