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
    let settings: Settings

    init(_ id: String, _ experiment: String, _ settings: Settings, _ outcome: SubmissionOutcome) {
        (self.id, self.experiment, self.settings) = (id, experiment, settings)
        (model, dataset) = (settings.model, settings.dataset.label)
        (seed, epochs) = (settings.seed, settings.epochs)
        switch outcome {
        case .queued: (self.outcome, state, extendedFrom) = ("queued", nil, nil)
        case .found(let found): (self.outcome, state, extendedFrom) = ("found", found, nil)
        case .extended(let from, let now): (self.outcome, state, extendedFrom) = ("extended", now, from)
        }
    }

    private enum CodingKeys: CodingKey {
        case id, experiment, model, dataset, seed, epochs, settings, outcome, state, extendedFrom
    }

    /// Keys without a value are null.
    func encode(to encoder: any Encoder) throws {
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
    }

    /// One line for each run: of those that differ only in their epochs, and so are one run, the longest.
    static func merged(_ lines: [SubmittedRun]) -> [SubmittedRun] {
        var places: [[String]: Int] = [:], merged: [SubmittedRun] = []
        for line in lines {
            if let place = places[[line.experiment, line.id]] {
                if line.epochs >= merged[place].epochs { merged[place] = line }
            } else {
                places[[line.experiment, line.id]] = merged.count
                merged.append(line)
            }
        }
        return merged
    }

    /// The columns: id, model, data set, seed and epochs, then the settings in which the runs differ, then what became of it.
    /// - Parameter varying: the settings in which the runs of the listing differ.
    func text(_ varying: VaryingSettings) -> String {
        let what =
            switch (state, extendedFrom) {
            case (let state?, nil):
                "already there (\(state.rawValue)); not queued again" + (state.wayBack.map { "; \($0)" } ?? "")
            case (let state?, let from?):
                "extended from \(from) to \(Format.count(epochs, "epoch"))"
                    + (state.wayBack.map { "; it is \(state.rawValue), \($0)" } ?? "")
            default: "queued"
            }
        let columns = [id, model, dataset, "seed \(seed)", Format.count(epochs, "epoch")]
        return (columns + varying.labels(settings).map { $0 ?? "–" } + [what]).joined(separator: "  ")
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
