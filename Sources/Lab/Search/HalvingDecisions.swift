import Specs

/// What is known of a trial.
struct TrialResults: Sendable, Equatable {
    /// The run's id, which decides between equal accuracies.
    let run: String
    /// The validation accuracy at each rung; nil where it is not trained to it yet.
    var accuracies: [Double?]
    /// Whether it will have no further accuracy: it diverged, failed, was cancelled or removed. It ranks last.
    var isOut = false
}

/// Which trials go on from each rung, as far as it is certain.
///
/// A trial goes on as soon as it is certain that it is among the best, and stops as soon as it is certain that it is not: so the decisions
/// are those of sequential halving, which compares all trials of a rung at once, whatever the order in which they get there.
struct HalvingDecisions: Sendable, Equatable {
    enum Decision: Sendable, Equatable {
        /// It is among the trials of this rung, or trains to its end after the last, and not decided yet to go on.
        case reaches(Int)
        /// It is not among the best of this rung.
        case stops(at: Int)
    }

    /// In order of the trials.
    private(set) var decisions: [Decision]

    init(_ trials: [TrialResults], _ halving: Halving) {
        decisions = trials.map { _ in .reaches(0) }
        let sizes = halving.sizes(of: trials.count)
        var participants = Array(trials.indices)
        for rung in halving.rungs.indices {
            let places = sizes[rung], kept = sizes[rung + 1]
            let reported = participants.filter { trials[$0].isOut || trials[$0].accuracies[rung] != nil }
                .sorted { Self.isBetter(trials[$0], trials[$1], rung) }
            // Those that have not got here may all turn out better.
            let missing = places - reported.count
            for (rank, trial) in reported.enumerated() where rank >= kept { decisions[trial] = .stops(at: rung) }
            participants = reported.enumerated().filter { rank, _ in rank + missing < kept }.map(\.element)
            for trial in participants { decisions[trial] = .reaches(rung + 1) }
        }
    }

    /// A total order: by accuracy at the rung, then by the run's id. Trials without an accuracy come last.
    private static func isBetter(_ one: TrialResults, _ other: TrialResults, _ rung: Int) -> Bool {
        // One that got to this rung and failed after it keeps its rank here.
        switch (one.accuracies[rung], other.accuracies[rung]) {
        case (let mine?, let others?) where mine != others: mine > others
        case (.some, nil): true
        case (nil, .some): false
        default: one.run < other.run
        }
    }
}
