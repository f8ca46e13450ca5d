import Lab

extension RunSummary {
    /// Why the run has no weights to export or verify, and what to do. For a run without a checkpoint.
    package var reasonWithoutWeights: String {
        let id = id.prefix(8), why = error.map { ": \($0)" } ?? ""
        if tags.contains(Lab.importMark), state == .paused || state.isEnded, state != .diverged {
            let command = state == .paused ? "resume" : "retry"
            return "run \(id) was imported without its weights; `pcnlab \(command) \(id)` and `pcnlab work` train it here"
        }
        return switch state {
        case .queued: "run \(id) is queued and has no weights yet\(why); `pcnlab work` trains it"
        case .running: "run \(id) is running and has no checkpoint yet; the first is written after half a minute at the latest"
        case .paused: "run \(id) is paused and has no weights yet; `pcnlab resume \(id)` queues it"
        case .waiting: "run \(id) waits at a rung of its search, and its checkpoint is lost; `pcnlab work` trains it again"
        case .pruned:
            "run \(id) was stopped by its search, and its checkpoint is lost; `pcnlab resume \(id)` trains it to its end"
        case .failed: "run \(id) failed before its first checkpoint\(why); `pcnlab retry \(id)` queues it again"
        case .cancelled: "run \(id) was cancelled before its first checkpoint; `pcnlab retry \(id)` queues it again"
        case .diverged:
            "run \(id) diverged before its first checkpoint\(why); it would diverge again: submit it with other settings, such as a "
                + "lower learning_rate"
        case .completed:
            "run \(id) is completed, but its weights are lost; `pcnlab retry \(id)` trains it again, to the same bits"
        }
    }

    /// Said beside weights that are not the run's final ones; nil for a completed run.
    package var unfinishedNote: String? {
        let why = error.map { " (\($0))" } ?? ""
        return state == .completed ? nil : "these are not final weights: the run is \(state.rawValue)\(why)"
    }
}
