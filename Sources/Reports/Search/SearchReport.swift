import Foundation
import Lab
import Specs

/// A search's trials, best first, with their settings and their validation accuracies. The test split has no place in it.
public struct SearchReport: Sendable {
    let search: SearchSummary
    let varying: VaryingSettings

    public init(_ search: SearchSummary) {
        self.search = search
        varying = VaryingSettings(search.trials.lazy.compactMap(\.run).map(\.settings))
    }

    /// The experiment's name.
    public var name: String { search.experiment }

    /// What it is, in a sentence or two.
    public var heading: String {
        let images = "selected on \(search.validationImages.grouped) validation images, which no trial is trained on"
        return "Search \(search.experiment): \(search.trials.count.grouped) trials, \(images)"
    }

    /// How many trials have got to each stage: "epoch 3: 81 of 81".
    public var progress: String {
        let done = search.stages.indices.map { stage in search.trials.count { $0.accuracies[stage] != nil } }
        return search.stages.indices.map { stage in
            let name =
                stage == search.stages.count - 1 ? "the end, epoch \(search.stages[stage])" : "epoch \(search.stages[stage])"
            return "\(name): \(done[stage]) of \(search.sizes[stage])"
        }.joined(separator: "; ")
    }

    var titles: [String] {
        ["trial", "run", "model"] + varying.titles + ["parameters"] + search.stages.map { "epoch \($0)" } + ["state"]
    }

    /// Whether a column has numbers: all but the run, the model and the state.
    func isNumber(_ column: Int) -> Bool { column != 1 && column != 2 && column != titles.count - 1 }

    /// One row a trial, best first.
    var rows: [[String]] {
        search.ranked.compactMap { trial in
            guard let run = trial.run else { return nil }
            let accuracies = trial.accuracies.map { $0.map { Self.percent($0) } ?? "" }
            let state = run.state == .running || run.state == .queued ? run.progressText : run.state.rawValue
            return ["\(trial.number)", String(run.id.prefix(8)), run.model] + varying.values(run.settings).map { $0 ?? "" }
                + [run.settings.linearParameters.grouped] + accuracies + [state]
        }
    }

    static func percent(_ accuracy: Double) -> String { String(format: "%.1f", accuracy * 100) }

    /// How to read it, and what comes next.
    public var notes: [String] {
        var notes = ["Validation accuracy in % after each stage. " + progress.prefix(1).uppercased() + progress.dropFirst() + "."]
        if !varying.common.isEmpty { notes.append("All of them: \(varying.common.joined(separator: ", ")).") }
        let removed = search.trials.count { $0.run == nil }
        if removed > 0 { notes.append("\(removed) of the trials were removed from the lab; they rank last.") }
        if let best = search.best?.run {
            notes.append(
                "\(search.isDecided ? "Best" : "Best so far"): run \(best.id.prefix(8)). pcnlab search best \(search.experiment) writes it "
                    + "as a spec on the whole training split.")
        }
        return notes
    }
}
