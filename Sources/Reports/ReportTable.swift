import Lab
import Specs

/// Table 1, from the runs of a lab: a row for each model and way of training, a cell for each data set.
struct ReportTable: Sendable {
    /// Runs that differ in nothing but the seed. A run that was completed before it was extended counts with that length.
    struct Cell: Sendable {
        let model: String
        let dataset: DatasetName
        /// SHA-256 of the data that all of its runs were trained on.
        let datasetDigest: String
        /// Linear parameters as the paper counts them.
        let paperParameters: Int
        let trainableParameters: Int
        /// Parameters of the convolutions, which Table 1 does not count.
        let convolutionParameters: Int
        /// Of the network that a compressed run ends with: parameters that are trained, and those that are stored.
        let compressed: (trained: Int, stored: Int)?
        /// Of the final weights over the whole split, as fractions; nil if no run is completed.
        let train: Statistics?
        let test: Statistics?
        /// Mean loss of the last epoch.
        let loss: Statistics?
        /// The paper's figures, if the runs were trained as in the paper.
        let paper: Paper.Row?
        let finished: [RunSummary]
        /// Runs that are not completed, or that train beyond the length at which they were: marked, and never averaged in.
        let unfinished: [RunSummary]
        let seeds: [Int]
        /// Runs that were trained with arithmetics that give different bits.
        let mixedKernels: [RunSummary]
        /// Whether all images of the data set were used, for training and for testing.
        let usesWholeSplits: Bool
    }

    struct Row: Sendable {
        let model: String
        /// Settings that differ from the paper's.
        let deviations: [Deviation]
        /// What sets the row apart from other rows: deviations that not all rows have, and the data if its name is ambiguous.
        let ownTexts: [String]
        /// Whether the last of `ownTexts` is the data.
        let hasDataName: Bool
        let cells: [DatasetName: Cell]

        /// The model, and in parentheses what sets the row apart from other rows.
        var label: String { ownTexts.isEmpty ? model : "\(model) (\(ownTexts.joined(separator: ", ")))" }
    }

    /// In the paper's order, then by model; rows of the same model as they were submitted, the paper's settings first. Of a ranked
    /// table: by mean test accuracy on the first data set, best first.
    let rows: [Row]
    /// The deviations from the paper that all rows have.
    let common: [Deviation]
    /// The data sets that any run has.
    let datasets: [DatasetName]
    let dataNames: DataNames
    /// The settings in which the runs differ, for sentences about single runs.
    let varying: VaryingSettings
    /// Trials of searches, which have no row: nobody may select by their test accuracy.
    let trials: [RunSummary]

    /// Takes O(n log n) time for n runs.
    /// - Parameters:
    ///   - ranked: whether rows are ranked by test accuracy; those without a completed run are last.
    ///   - compressed: the sizes of a run's compressed network, where its settings leave them open.
    init(_ all: [RunSummary], ranked: Bool = false, compressed: (RunSummary) -> CompressedShape? = { _ in nil }) {
        trials = all.filter(\.isTrial)
        let runs = all.filter { !$0.isTrial }
        let names = DataNames(runs)
        let groups = Group.all(of: runs, names)
        var common = groups.first?.key.deviations ?? []
        for group in groups where !common.isEmpty {
            let own = Set(group.key.deviations)
            common.removeAll { !own.contains($0) }
        }
        let shared = common
        let within = Dictionary(grouping: groups, by: \.key.model).mapValues { groups in
            VaryingSettings(groups.lazy.map { $0.runs[0].reportedSettings }, epochs: true)
        }
        let rows = groups.map { group in
            // A value that is the paper's is named too where other rows of the model have others, unless the whole row is the paper's.
            let swept =
                group.key.deviations.isEmpty ? [] : within[group.key.model]?.deviations(group.runs[0].reportedSettings) ?? []
            let named = Set(group.key.deviations.filter { !shared.contains($0) } + swept)
            let own = Deviation.inOrder(named).map(\.text) + [group.key.data].compactMap(\.self)
            let cells = Dictionary(grouping: group.runs) { $0.settings.dataset }.mapValues { Cell($0, compressed) }
            return Row(
                model: group.key.model, deviations: group.key.deviations, ownTexts: own, hasDataName: group.key.data != nil,
                cells: cells)
        }
        self.common = common
        let datasets = DatasetName.inOrder(Set(runs.map(\.settings.dataset)))
        self.datasets = datasets
        self.rows = ranked ? Self.rank(rows, on: datasets) : rows
        dataNames = names
        varying = VaryingSettings(runs.lazy.map(\.settings))
    }

    private static func rank(_ rows: [Row], on datasets: [DatasetName]) -> [Row] {
        func score(_ row: Row) -> [Double] { datasets.map { row.cells[$0]?.test?.mean ?? -1 } }
        return rows.enumerated().map { (score: score($1), place: $0, row: $1) }.sorted { first, second in
            first.score == second.score
                ? first.place < second.place : second.score.lexicographicallyPrecedes(first.score)
        }.map(\.row)
    }

    /// The runs of one row.
    private struct Group {
        struct Key: Hashable {
            let model: String
            /// Names every setting that differs from the paper's, except seed and data set.
            let deviations: [Deviation]
            let data: String?
        }

        let key: Key
        var runs: [RunSummary]

        /// The groups in order of rows.
        static func all(of runs: [RunSummary], _ names: DataNames) -> [Group] {
            var indices: [Key: Int] = [:]
            var groups: [Group] = []
            for run in runs {
                let key = Key(model: run.model, deviations: run.reportedSettings.deviationsFromPaper, data: names.name(run))
                if let index = indices[key] {
                    groups[index].runs.append(run)
                } else {
                    indices[key] = groups.count
                    groups.append(Group(key: key, runs: [run]))
                }
            }
            var places: [String: Int] = [:]
            for (place, row) in Paper.table1.enumerated() where places[row.model] == nil { places[row.model] = place }
            let sorted = groups.enumerated().map { index, group in
                let place = places[group.key.model] ?? Int.max
                return (order: (place, group.key.model, group.key.deviations.isEmpty ? 0 : 1, index), group: group)
            }
            return sorted.sorted { $0.order < $1.order }.map(\.group)
        }
    }
}

extension ReportTable.Cell {
    /// - Parameter runs: at least one, all of one model, data set and way of training, on the same data.
    fileprivate init(_ runs: [RunSummary], _ compressed: (RunSummary) -> CompressedShape?) {
        let settings = runs[0].reportedSettings
        let completed = runs.filter { $0.completion != nil }
        model = settings.model
        dataset = settings.dataset
        datasetDigest = runs[0].datasetDigest
        paperParameters = settings.paperLinearParameters
        trainableParameters = settings.linearParameters
        convolutionParameters = settings.convolutionParameters
        let shape = settings.compress == nil ? nil : settings.compressedShape ?? completed.first.flatMap(compressed)
        self.compressed = shape.map { settings.parameters(compressedTo: $0) }
        train = Statistics(completed.compactMap { $0.completion?.figures.trainAccuracy })
        test = Statistics(completed.compactMap { $0.completion?.figures.testAccuracy })
        loss = Statistics(completed.compactMap { $0.completion?.loss })
        paper = settings.paperRow
        finished = completed
        unfinished = runs.filter { $0.state != .completed }
        seeds = completed.map(\.settings.seed).sorted()
        mixedKernels = runs.filter { !$0.mixedArithmetics.isEmpty }
        // A graph's validation nodes are not taken from its training nodes.
        let keepsBack = settings.validationSamples > 0 && settings.graphNodes == nil
        usesWholeSplits = settings.trainSamples == nil && settings.testSamples == nil && !keepsBack
    }
}

extension RunSummary {
    /// The settings under which a report lists the run: of one that was completed before it was extended, with the length at which it was.
    var reportedSettings: Settings {
        var settings = settings
        if let completion { settings.epochs = completion.epochs }
        return settings
    }
}
