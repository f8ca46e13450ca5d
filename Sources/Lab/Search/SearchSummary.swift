import GRDB
import Specs

/// A search with what is known of its trials.
public struct SearchSummary: Sendable {
    /// A trial in the order of its number, which counts from 1.
    public struct Trial: Sendable {
        public let number: Int
        /// Nil for a run that was removed.
        public let run: RunSummary?
        /// The number of rungs at which it was promoted.
        public let rung: Int
        /// The validation accuracy at each rung, and at the end; nil where it is not trained to it, and past the rung at which the search
        /// stopped it: training it on changes nothing in the search.
        public let accuracies: [Double?]

        package init(number: Int, run: RunSummary?, rung: Int, accuracies: [Double?]) {
            (self.number, self.run, self.rung, self.accuracies) = (number, run, rung, accuracies)
        }

        /// The last accuracy that counts.
        public var accuracy: Double? { accuracies.last { $0 != nil } ?? nil }

        /// How many of the accuracies it has: those that were trained farther rank before others.
        public var reached: Int { accuracies.prefix { $0 != nil }.count }
    }

    public let experiment: String
    public let halving: Halving?
    public let trials: [Trial]

    package init(experiment: String, halving: Halving?, trials: [Trial]) {
        (self.experiment, self.halving, self.trials) = (experiment, halving, trials)
    }

    /// The epochs at which trials are compared, the last one at their end.
    public var stages: [Int] { (halving?.rungs ?? []) + [trials.lazy.compactMap(\.run).map(\.epochs).first ?? 0] }

    /// The number of trials that train to each stage.
    public var sizes: [Int] { halving?.sizes(of: trials.count) ?? [trials.count] }

    /// Best first: those that were trained farther, then by their last accuracy, then by the run's id. Trials without any accuracy last.
    public var ranked: [Trial] {
        trials.filter { $0.run != nil }.sorted { one, other in
            if one.reached != other.reached { return one.reached > other.reached }
            if one.accuracy != other.accuracy { return (one.accuracy ?? -1) > (other.accuracy ?? -1) }
            return (one.run?.id ?? "") < (other.run?.id ?? "")
        }
    }

    /// The best trial that was trained to its end; nil before there is one.
    public var best: Trial? { ranked.first.flatMap { $0.reached == stages.count ? $0 : nil } }

    /// Whether nothing more comes of it: every trial is trained to its end, stopped, or has ended otherwise.
    public var isDecided: Bool { trials.allSatisfy { $0.run?.state.isEnded ?? true } }

    /// Training images that are kept back to select by.
    public var validationImages: Int { trials.lazy.compactMap(\.run).first?.settings.validationSamples ?? 0 }
}

extension Lab {
    /// The names of the experiments that are searches.
    public func searchNames() throws -> [String] {
        try database.read { db in try String.fetchAll(db, sql: "SELECT name FROM experiments WHERE search IS NOT NULL") }
    }

    /// The search of an experiment; nil if it is none. Throws `noSuchExperiment`.
    public func search(_ experiment: String) throws -> SearchSummary? {
        let (known, found) = try database.read { db in
            let row = try Row.fetchOne(db, sql: "SELECT id, search FROM experiments WHERE name = ?", arguments: [experiment])
            let known = try String.fetchAll(db, sql: "SELECT name FROM experiments ORDER BY id")
            guard let row else { return (known, nil as (Halving?, [StoredTrial])??) }
            guard let search = row["search"] as String? else { return (known, .some(nil)) }
            let halving = Halving(canonicalSpace: search)
            return (known, .some((halving, try storedTrials(row["id"], halving, db))))
        }
        guard let found else { throw LabError.noSuchExperiment(experiment, known: known) }
        guard let (halving, trials) = found else { return nil }
        let runs = try Dictionary(
            listing(RunFilter(ids: trials.map(\.results.run))).runs.map { ($0.id, $0) }
        ) { first, _ in first }
        let decisions = halving.map { HalvingDecisions(trials.map(\.results), $0).decisions }
        return SearchSummary(
            experiment: experiment, halving: halving,
            trials: trials.enumerated().map { index, trial in
                let run = runs[trial.results.run]
                var accuracies = trial.results.accuracies + [run?.completion?.figures.validationAccuracy]
                if case .stops(let rung) = decisions?[index] {
                    for later in accuracies.indices where later > rung { accuracies[later] = nil }
                }
                return SearchSummary.Trial(number: trial.number, run: run, rung: trial.rung, accuracies: accuracies)
            })
    }
}
