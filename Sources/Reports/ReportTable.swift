import Lab
import Specs

/// Table 1, from a lab's runs: a row for each model and way of training, a cell for each data set.
public struct ReportTable: Sendable {
    /// Runs that differ in nothing but the seed.
    public struct Cell: Sendable {
        public let model: String
        public let dataset: DatasetName
        /// Linear parameters as the paper counts them, and those that act.
        public let paperParameters: Int
        public let actingParameters: Int
        /// Parameters of the convolutions, which Table 1 does not count.
        public let convolutionParameters: Int
        /// Of the final weights over the whole split, as fractions; nil where no run is completed.
        public let train: Statistics?
        public let test: Statistics?
        /// Mean loss of the last epoch.
        public let loss: Statistics?
        /// The paper's figures, where the runs were trained as the paper did.
        public let paper: Paper.Row?
        public let finished: [RunSummary]
        /// Runs that are not completed: marked, and never averaged in.
        public let unfinished: [RunSummary]
        public let seeds: [Int]
        /// Runs that were trained with more than one arithmetic.
        public let mixedKernels: [RunSummary]
    }

    public struct Row: Sendable {
        public let model: String
        /// What differs from the paper's settings; empty where nothing does.
        public let deviations: [Deviation]
        public let cells: [DatasetName: Cell]

        /// The model, and what differs from the paper's settings.
        public var label: String {
            deviations.isEmpty ? model : "\(model) (\(deviations.map(\.text).joined(separator: ", ")))"
        }
    }

    /// In the paper's order, then by model and settings.
    public let rows: [Row]
    /// The data sets that any run has.
    public let datasets: [DatasetName]

    public init(_ runs: [RunSummary]) {
        struct Key: Hashable {
            let model: String
            let deviations: [Deviation]
        }
        // The deviations name every setting that differs from the paper's but the seed and the data set, so equal keys are
        // equal training.
        let groups = Dictionary(grouping: runs) { Key(model: $0.model, deviations: $0.settings.deviationsFromPaper) }
        let place = { (model: String) in Paper.table1.firstIndex { $0.model == model } ?? Int.max }
        let keys = groups.keys.sorted { a, b in
            if a.model != b.model {
                return place(a.model) == place(b.model) ? a.model < b.model : place(a.model) < place(b.model)
            }
            if a.deviations.isEmpty != b.deviations.isEmpty { return a.deviations.isEmpty }
            // As submitted: a sweep's values keep their order.
            return (runs.firstIndex { $0.id == groups[a]?.first?.id } ?? 0)
                < (runs.firstIndex { $0.id == groups[b]?.first?.id } ?? 0)
        }
        rows = keys.map { key in
            let cells = Dictionary(grouping: groups[key] ?? []) { $0.settings.dataset }.mapValues(Cell.init)
            return Row(model: key.model, deviations: key.deviations, cells: cells)
        }
        datasets = DatasetName.allCases.filter { name in runs.contains { $0.settings.dataset == name } }
    }
}

extension ReportTable.Cell {
    /// - Parameter runs: at least one, all of one model, data set and way of training.
    fileprivate init(_ runs: [RunSummary]) {
        let settings = runs[0].settings
        let completed = runs.filter { $0.state == .completed }
        model = settings.model
        dataset = settings.dataset
        paperParameters = settings.paperLinearParameters
        actingParameters = settings.linearParameters
        convolutionParameters = settings.convolutionParameters
        train = Statistics(completed.compactMap { $0.final?.trainAccuracy })
        test = Statistics(completed.compactMap { $0.final?.testAccuracy })
        loss = Statistics(completed.compactMap { $0.latest?.loss })
        paper = settings.paperRow
        finished = completed
        unfinished = runs.filter { $0.state != .completed }
        seeds = completed.map(\.settings.seed).sorted()
        mixedKernels = runs.filter { $0.arithmetics.count > 1 }
    }
}
