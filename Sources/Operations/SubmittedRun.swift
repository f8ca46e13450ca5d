import Lab
import Specs

/// A line of the output of `submit`.
package struct SubmittedRun: Codable, Sendable {
    package let id: String
    package let experiment: String
    package let model: String
    package let dataset: String
    package let seed: Int
    package let epochs: Int
    package let outcome: String
    package let state: RunState?
    package let extendedFrom: Int?
    package let shortenedFrom: Int?
    /// The number of epochs to which the run trains, where that is not what the spec wishes: more of them are trained, or another
    /// experiment wishes more.
    package let longer: Int?
    package let settings: Settings

    package init(_ id: String, _ experiment: String, _ settings: Settings, _ outcome: SubmissionOutcome) {
        (self.id, self.experiment, self.settings) = (id, experiment, settings)
        (model, dataset) = (settings.model, settings.dataset.label)
        (seed, epochs) = (settings.seed, settings.epochs)
        switch outcome {
        case .queued: (self.outcome, state) = ("queued", nil)
        case .found(let found), .longer(_, let found): (self.outcome, state) = ("found", found)
        case .extended(_, let now): (self.outcome, state) = ("extended", now)
        case .shortened(_, _, let now): (self.outcome, state) = ("shortened", now)
        }
        if case .extended(let from, _) = outcome { extendedFrom = from } else { extendedFrom = nil }
        if case .shortened(let from, _, _) = outcome { shortenedFrom = from } else { shortenedFrom = nil }
        switch outcome {
        case .longer(let length, _): longer = length
        case .shortened(_, let to, _) where to > settings.epochs: longer = to
        case .queued, .found, .extended, .shortened: longer = nil
        }
    }

    private enum CodingKeys: String, CodingKey {
        case id, experiment, model, dataset, seed, epochs, settings, outcome, state, longer
        case extendedFrom = "extended_from"
        case shortenedFrom = "shortened_from"
    }

    /// Keys without a value are null.
    package func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: CodingKeys.self)
        try object.encode(id, forKey: .id)
        try object.encode(experiment, forKey: .experiment)
        try object.encode(model, forKey: .model)
        try object.encode(dataset, forKey: .dataset)
        try object.encode(seed, forKey: .seed)
        try object.encode(epochs, forKey: .epochs)
        try object.encode(settings, forKey: .settings)
        try object.encode(outcome, forKey: .outcome)
        try object.encode(state, forKey: .state)
        try object.encode(extendedFrom, forKey: .extendedFrom)
        try object.encode(shortenedFrom, forKey: .shortenedFrom)
        try object.encode(longer, forKey: .longer)
    }

    /// One line for each run: of those that differ only in their epochs, and so are one run, the longest.
    package static func merged(_ lines: [SubmittedRun]) -> [SubmittedRun] {
        // Names that differ only in how their letters are composed are different names.
        var places: [[UInt8]: Int] = [:], merged: [SubmittedRun] = []
        for line in lines {
            let key = Array((line.id + line.experiment).utf8)
            if let place = places[key] {
                // Of equal lengths, the first was queued, and the others found it.
                if line.epochs > merged[place].epochs { merged[place] = line }
            } else {
                places[key] = merged.count
                merged.append(line)
            }
        }
        return merged
    }

    /// The columns: id, model, data set, seed and epochs, then the settings in which the runs differ, then what became of it.
    /// - Parameter varying: the settings in which the runs of the listing differ.
    package func text(_ varying: VaryingSettings) -> String {
        let columns = [id, model, dataset, "seed \(seed)", Format.count(epochs, "epoch")]
        return (columns + varying.labels(settings).map { $0 ?? "–" } + [what]).joined(separator: "  ")
    }

    private var what: String {
        guard let state else { return "queued" }
        let wayBack = state.wayBack.map { "; it is \(state.rawValue), \($0)" } ?? ""
        if let from = extendedFrom { return "extended from \(from) to \(Format.count(epochs, "epoch"))" + wayBack }
        if let from = shortenedFrom {
            let text = "shortened from \(from) to \(Format.count(longer ?? epochs, "epoch"))"
            if state == .completed { return text + ", with which it was completed" }
            return text + (longer == nil ? "" : ", as many as are trained, or as another experiment wishes") + wayBack
        }
        let length = longer.map { ", to \(Format.count($0, "epoch"))" } ?? ""
        return "already there (\(state.rawValue)\(length)); not queued again" + (state.wayBack.map { "; \($0)" } ?? "")
    }
}

extension RunState {
    /// How a run that is neither queued nor completed returns to the queue.
    fileprivate var wayBack: String? {
        switch self {
        case .paused: "`pcnlab resume` queues it"
        case .failed, .diverged, .cancelled: "`pcnlab retry` queues it"
        case .pruned: "`pcnlab resume` trains it to its end"
        case .queued, .running, .completed, .waiting: nil
        }
    }
}
