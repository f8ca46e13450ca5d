import Lab
import Specs

/// The input of a report: runs, their table, and their curves, which only the formats that draw them read.
public struct ReportInput: Sendable {
    /// Without trials of searches.
    let runs: [RunSummary]
    let table: ReportTable
    /// The experiments that the runs belong to, or the requested one.
    let experiments: [String]
    private let read: @Sendable (RunSummary) throws -> [EpochRow]

    /// - Parameters:
    ///   - experiment: the experiment that `runs` were selected by; nil for all.
    ///   - ranked: whether the table's rows are ranked by test accuracy, best first.
    ///   - epochs: reads a run's curve.
    ///   - compressed: the sizes of a run's compressed network, where its settings leave them open.
    public init(
        _ runs: [RunSummary], experiment: String? = nil, ranked: Bool = false,
        epochs: @escaping @Sendable (RunSummary) throws -> [EpochRow] = { _ in [] },
        compressed: (RunSummary) -> CompressedShape? = { _ in nil }
    ) {
        self.runs = runs.filter { !$0.isTrial }
        table = ReportTable(runs, ranked: ranked, compressed: compressed)
        experiments = experiment.map { [$0] } ?? Self.names(runs)
        read = epochs
    }

    /// By bytes: a set takes names for one that differ only in how accents are composed.
    private static func names(_ runs: [RunSummary]) -> [String] {
        let names = runs.flatMap(\.experiments).map { (Array($0.utf8), $0) }
        return Dictionary(names) { first, _ in first }.values.sorted()
    }

    /// A run's curve, epoch by epoch.
    func epochs(of run: RunSummary) throws -> [EpochRow] { try read(run) }
}
