import Lab

/// The input of a report: runs, their table, and their curves, which only the formats that draw them read.
public struct ReportInput: Sendable {
    let runs: [RunSummary]
    let table: ReportTable
    /// The experiments that the runs belong to, or the requested one.
    let experiments: [String]
    private let read: @Sendable (RunSummary) throws -> [EpochRow]

    /// - Parameters:
    ///   - experiment: the experiment that `runs` were selected by; nil for all.
    ///   - epochs: reads a run's curve.
    public init(
        _ runs: [RunSummary], experiment: String? = nil,
        epochs: @escaping @Sendable (RunSummary) throws -> [EpochRow] = { _ in [] }
    ) {
        self.runs = runs
        table = ReportTable(runs)
        experiments = experiment.map { [$0] } ?? Array(Set(runs.flatMap(\.experiments))).sorted()
        read = epochs
    }

    /// A run's curve, epoch by epoch.
    func epochs(of run: RunSummary) throws -> [EpochRow] { try read(run) }
}
