import Foundation
import Lab
import Specs

/// The texts of the table, for the formats that people read. Each format lays out and escapes the same texts.
struct TableText {
    /// One accuracy of a cell.
    struct Figure {
        /// 61.2 ± 0.3; nil if no run is finished.
        let mean: String?
        /// The paper's figure and, for finished runs, the difference: "61.4, −0.2". Nil if the paper has none.
        let paper: String?
        /// The runs that are not finished, which are not averaged: "paused, epoch 7/3500".
        let unfinished: [String]
    }

    struct Cell {
        /// Linear parameters in millions, as the paper counts them: 0.083.
        let millions: String
        /// The exact number, and how many of them are trainable if that differs: "82858; 82090 trainable".
        let exact: String
        let train: Figure
        let test: Figure

        init(_ cell: ReportTable.Cell) {
            millions = String(format: "%.3f", Double(cell.paperParameters) / 1e6)
            let isSame = cell.trainableParameters == cell.paperParameters
            exact = "\(cell.paperParameters)" + (isSame ? "" : "; \(cell.trainableParameters) trainable")
            train = Figure(cell.train, paper: cell.paper?.trainAccuracy, unfinished: cell.unfinished)
            test = Figure(cell.test, paper: cell.paper?.testAccuracy, unfinished: cell.unfinished)
        }
    }

    let table: ReportTable

    /// A sentence above the table: the settings in which all rows differ from the paper.
    var heading: String? {
        let common = table.common.map(\.text).joined(separator: ", ")
        return common.isEmpty ? nil : "All rows differ from the paper in: \(common)."
    }

    /// Sentences below the table: how to read it, and the state of runs that are not finished.
    var notes: [String] {
        let cells = table.rows.flatMap { row in table.datasets.compactMap { row.cells[$0] } }
        var notes = ["Accuracies are those of the final weights over \(splits(cells)): mean ± standard deviation over seeds."]
        if cells.contains(where: { $0.paper != nil }) {
            notes.append("In parentheses after an accuracy: the paper's figure and, for finished runs, the difference.")
        }
        if table.rows.contains(where: { $0.ownTexts.count > ($0.hasDataName ? 1 : 0) }) {
            notes.append("In parentheses: settings that differ from the paper. The paper's figures do not apply to such rows.")
        }
        if table.rows.contains(where: \.hasDataName) {
            notes.append(
                "Data: the first digits of the data set's SHA-256, given because runs used different files under the same name.")
        }
        notes.append(
            "Parameters are counted as in the paper, which includes biases of a PCN's input cloud; these have no effect.")
        let convolutions = table.rows.flatMap { row in
            Set(row.cells.values.map(\.convolutionParameters)).filter { $0 > 0 }.sorted().map { (row.model, $0) }
        }
        if !convolutions.isEmpty {
            notes.append("Convolutions have further parameters: \(Self.listed(convolutions)).")
        }
        for row in table.rows {
            for cell in row.cells.values.sorted(by: { $0.dataset.name < $1.dataset.name }) {
                guard let compressed = cell.compressed else { continue }
                let full = cell.trainableParameters + cell.convolutionParameters
                notes.append(
                    "\(row.label) on \(cell.dataset.displayName): \(full) parameters in full; compressed \(compressed.trained) "
                        + "trainable, \(times(full, compressed.trained)), and \(compressed.stored) stored, "
                        + "\(times(full, compressed.stored)).")
            }
        }
        for run in cells.flatMap(\.mixedKernels) {
            notes.append(
                "Not reproducible bit by bit: \(name(run)), trained with several kinds of arithmetic "
                    + "(\(run.mixedArithmetics.joined(separator: "; "))).")
        }
        return notes + trials + cells.flatMap(\.unfinished).map(sentence)
    }

    /// 23.8 times fewer
    private func times(_ full: Int, _ fewer: Int) -> String { String(format: "%.1f times fewer", Double(full) / Double(fewer)) }

    /// Where the trials of searches are, which have no row. Empty if there are none.
    var trials: [String] {
        if table.trials.isEmpty { return [] }
        // By bytes: a set takes names for one that differ only in how accents are composed.
        let names = Dictionary(table.trials.flatMap(\.experiments).map { (Array($0.utf8), $0) }) { first, _ in first }.values
            .sorted()
        let others = names.count > 1 ? " (of \(names.prefix(5).joined(separator: ", "))\(names.count > 5 ? ", …" : ""))" : ""
        let count = table.trials.count == 1 ? "1 trial of a search has" : "\(table.trials.count.grouped) trials of searches have"
        return ["\(count) no row: pcnlab report --search \(names[0]) ranks trials by validation accuracy\(others)."]
    }

    /// The images over which accuracies are measured.
    private func splits(_ cells: [ReportTable.Cell]) -> String {
        let whole = cells.count(where: \.usesWholeSplits)
        if whole == cells.count { return "both whole splits" }
        return whole == 0 ? "the run's samples of both splits" : "both whole splits, or the run's samples where it uses fewer"
    }

    /// 2469696 in AlexNet-PCN16 and AlexNet-MLP
    private static func listed(_ parameters: [(model: String, count: Int)]) -> String {
        var counts: [Int] = [], models: [Int: [String]] = [:], known: Set<[String]> = []
        for (model, count) in parameters where known.insert([model, "\(count)"]).inserted {
            if models[count] == nil { counts.append(count) }
            models[count, default: []].append(model)
        }
        return counts.map { count in
            var models = models[count] ?? []
            let last = models.removeLast()
            return "\(count) in " + (models.isEmpty ? last : models.joined(separator: ", ") + " and " + last)
        }.joined(separator: "; ")
    }

    /// run 1a2b3c4d, LinearNet-PCN8 (ε 0.1) CIFAR-10 seed 1
    private func name(_ run: RunSummary) -> String {
        let own = table.varying.labels(run.settings).compactMap(\.self).joined(separator: ", ")
        let model = run.model + (own.isEmpty ? "" : " (\(own))")
        return "run \(run.id.prefix(8)), \(model) \(run.settings.dataset.displayName) seed \(run.settings.seed)"
    }

    /// Not finished: run 1a2b3c4d, LinearNet-PCN8 (ε 0.1) CIFAR-10 seed 1, failed, epoch 3/3500, loss 2.1, …: why.
    private func sentence(_ run: RunSummary) -> String {
        let figures =
            run.isExtension ? "Extended, the figures are those at epoch \(run.completions.last?.epochs ?? 0)" : "Not finished"
        var line = "\(figures): \(name(run)), "
        line += table.dataNames.name(run).map { "\($0), " } ?? ""
        line += "\(run.state.rawValue), epoch \(run.epoch)/\(run.epochs)"
        if let latest = run.latest {
            line += String(
                format: ", loss %.4f, train %.1f %%, test %.1f %%", latest.loss, latest.trainAccuracy * 100,
                (latest.testAccuracy ?? .nan) * 100)
        }
        return line + (run.error.map { ": \($0)" } ?? "") + "."
    }
}

extension TableText.Figure {
    fileprivate init(_ statistics: Statistics?, paper: Double?, unfinished: [RunSummary]) {
        let marks = unfinished.map(\.progressText)
        guard let statistics else {
            self.init(mean: nil, paper: paper.map { String(format: "%.1f", $0) }, unfinished: marks)
            return
        }
        var mean = String(format: "%.1f", statistics.mean * 100)
        if let deviation = statistics.deviation { mean += String(format: " ± %.1f", deviation * 100) }
        let beside = paper.map { paper in
            let difference = String(format: "%+.1f", statistics.mean * 100 - paper)
            return String(format: "%.1f, ", paper) + difference.replacingOccurrences(of: "-", with: "−")
        }
        self.init(mean: mean, paper: beside, unfinished: marks)
    }
}

extension RunSummary {
    /// The progress of an unfinished run: "epoch 12/3500" while it is running, else "paused, epoch 12/3500".
    var progressText: String { (state == .running ? "" : "\(state.rawValue), ") + "epoch \(epoch)/\(epochs)" }
}
