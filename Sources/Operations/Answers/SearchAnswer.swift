import Lab
import Reports
import Specs

/// A search as a service describes it: its rungs, and its trials with their validation accuracies, best first.
package struct SearchAnswer: Encodable, Sendable {
    /// Epochs at which trials are compared, the last one at their end.
    struct Stage: Encodable, Sendable {
        let epoch: Int
        /// How many trials train to it, and how many have done so.
        let trials: Int
        let trained: Int
    }

    struct Rungs: Codable, Sendable {
        let rungs: [Int]
        let oneOf: Int

        private enum CodingKeys: String, CodingKey {
            case rungs
            case oneOf = "one_of"
        }
    }

    struct Trial: Encodable, Sendable {
        let number: Int
        let rung: Int
        let accuracies: [Double?]
        @Nullable var run: RunAnswer?
    }

    private let experiment: String
    private let heading: String
    private let notes: [String]
    private let validationImages: Int
    @Nullable private var halving: Rungs?
    private let stages: [Stage]
    private let isDecided: Bool
    @Nullable private var best: String?
    private let trials: [Trial]

    private enum CodingKeys: String, CodingKey {
        case experiment, heading, notes, halving, stages, best, trials
        case validationImages = "validation_images"
        case isDecided = "is_decided"
    }

    /// - Parameter abandoned: by id, why no worker trains a run although it is `running`.
    package init(_ search: SearchSummary, abandoned: [String: String]) {
        let report = SearchReport(search)
        (experiment, validationImages, isDecided) = (search.experiment, search.validationImages, search.isDecided)
        (heading, notes) = (report.heading, report.notes)
        halving = search.halving.map { Rungs(rungs: $0.rungs, oneOf: $0.oneOf) }
        let sizes = search.sizes
        stages = search.stages.enumerated().map { index, epoch in
            Stage(epoch: epoch, trials: sizes[index], trained: search.trials.count { $0.accuracies[index] != nil })
        }
        best = search.best?.run?.id
        let removed = search.trials.filter { $0.run == nil }
        trials = (search.ranked + removed).map { trial in
            Trial(
                number: trial.number, rung: trial.rung, accuracies: trial.accuracies,
                run: trial.run.map { RunAnswer($0, experiment: search.experiment, abandoned: abandoned[$0.id]) })
        }
    }
}

/// The same as a client reads it.
struct RemoteSearch: Decodable {
    private struct Trial: Decodable {
        let number: Int
        let rung: Int
        let accuracies: [Double?]
        let run: RemoteRun?
    }

    let summary: SearchSummary

    private enum CodingKeys: CodingKey { case experiment, halving, trials }

    init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: CodingKeys.self)
        let halving = try object.decodeIfPresent(SearchAnswer.Rungs.self, forKey: .halving)
        let trials = try object.decode([Trial].self, forKey: .trials)
        guard trials.allSatisfy({ $0.accuracies.count == (halving?.rungs.count ?? 0) + 1 }) else {
            throw DecodingError.dataCorruptedError(
                forKey: .trials, in: object, debugDescription: "a trial has not one accuracy for each rung and the end")
        }
        guard (halving?.oneOf ?? 2) >= 2 else {
            throw DecodingError.dataCorruptedError(forKey: .halving, in: object, debugDescription: "one_of is less than 2")
        }
        summary = SearchSummary(
            experiment: try object.decode(String.self, forKey: .experiment),
            halving: halving.map { Halving(rungs: $0.rungs, oneOf: $0.oneOf) },
            trials: trials.sorted { $0.number < $1.number }.map {
                SearchSummary.Trial(number: $0.number, run: $0.run?.summary, rung: $0.rung, accuracies: $0.accuracies)
            })
    }
}
