import Lab
import Specs

/// Lines about single runs of a listing: each tells its run by id, model, data set, seed and the settings in which the runs differ.
struct RunLines {
    private let varying: VaryingSettings

    init(_ runs: [RunSummary]) { varying = VaryingSettings(runs.lazy.map(\.settings)) }

    /// - Parameter what: what is said of the run.
    func line(_ run: RunSummary, _ what: String) -> String {
        let settings = run.settings
        let columns = [run.id, run.model, settings.dataset.name, "seed \(settings.seed)"]
        return (columns + varying.labels(settings).map { $0 ?? "–" } + [what]).joined(separator: "  ").printable
    }

    /// "3 queued, 1 running"
    static func states(_ runs: [RunSummary]) -> String {
        let counts = Dictionary(grouping: runs, by: \.state).mapValues(\.count)
        return RunState.allCases.compactMap { state in counts[state].map { "\($0.grouped) \(state.rawValue)" } }
            .joined(separator: ", ")
    }
}
