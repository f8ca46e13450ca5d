import Foundation
import Lab
import Specs

/// The table in words, for the formats that people read: each lays out the same texts in its own way, and escapes them.
struct TableText {
    /// One accuracy of a cell.
    struct Figure {
        /// 61.2 ± 0.3; nil where no run is finished.
        let mean: String?
        /// The paper's figure and, of finished runs, the difference: "61.4, −0.2". Nil where the paper has none.
        let paper: String?
        /// The runs that are not finished, which are in no mean: "paused, epoch 7/3500".
        let unfinished: [String]
    }

    struct Cell {
        /// Linear parameters in millions, as the paper counts them: 0.083.
        let millions: String
        /// The same to the last one, and how many act where that differs: "82858; 82090 act".
        let exact: String
        let train: Figure
        let test: Figure

        init(_ cell: ReportTable.Cell) {
            millions = String(format: "%.3f", Double(cell.paperParameters) / 1e6)
            let acting = cell.actingParameters == cell.paperParameters ? "" : "; \(cell.actingParameters) act"
            exact = "\(cell.paperParameters)\(acting)"
            train = Figure(cell.train, paper: cell.paper?.trainAccuracy, unfinished: cell.unfinished)
            test = Figure(cell.test, paper: cell.paper?.testAccuracy, unfinished: cell.unfinished)
        }
    }

    let table: ReportTable

    /// A sentence above the table, where every row was trained otherwise than in the paper.
    var heading: String? {
        let common = table.common.map(\.text).joined(separator: ", ")
        return common.isEmpty ? nil : "Not as in the paper, in every row: \(common)."
    }

    /// Sentences below the table: how to read it, and what became of the runs that are not in it.
    var notes: [String] {
        let cells = table.rows.flatMap { row in table.datasets.compactMap { row.cells[$0] } }
        var notes = ["Accuracies of the final weights over the whole of both splits; mean ± standard deviation over seeds."]
        if cells.contains(where: { $0.paper != nil }) {
            notes.append("In parentheses: the paper's figure and, of finished runs, the difference.")
        }
        if table.rows.contains(where: { !$0.deviations.isEmpty }) {
            notes.append("Behind a model: settings other than the paper's; its figures say nothing of such rows.")
        }
        notes.append("Parameters as the paper counts them; a bias on the input cloud does not act and is not stored.")
        let convolutions = table.rows.flatMap { row in
            Set(row.cells.values.map(\.convolutionParameters)).filter { $0 > 0 }.sorted().map { (row.model, $0) }
        }
        if !convolutions.isEmpty {
            notes.append("Convolutions have parameters beside these: \(Self.listed(convolutions)).")
        }
        for run in cells.flatMap(\.mixedKernels) {
            notes.append(
                "Run \(run.id.prefix(8)) was trained with several kinds of arithmetic (\(run.arithmetics.joined(separator: ", "))); "
                    + "its bits are its own.")
        }
        return notes + cells.flatMap(\.unfinished).map(sentence)
    }

    /// 2469696 in AlexNet-PCN16 and AlexNet-MLP
    private static func listed(_ parameters: [(model: String, count: Int)]) -> String {
        var counts: [Int] = []
        for (_, count) in parameters where !counts.contains(count) { counts.append(count) }
        return counts.map { count in
            var models: [String] = []
            for (model, own) in parameters where own == count && !models.contains(model) { models.append(model) }
            let last = models.removeLast()
            return "\(count) in " + (models.isEmpty ? last : models.joined(separator: ", ") + " and " + last)
        }.joined(separator: "; ")
    }

    /// Not finished: LinearNet-PCN8 CIFAR-10 seed 1, failed, epoch 3/3500, loss 2.1, …: why.
    private func sentence(_ run: RunSummary) -> String {
        var line = "Not finished: \(run.model) \(run.settings.dataset.displayName) seed \(run.settings.seed), "
        line += "\(run.state.rawValue), epoch \(run.epoch)/\(run.epochs)"
        if let latest = run.latest {
            line += String(
                format: ", loss %.4f, train %.1f %%, test %.1f %%", latest.loss, latest.trainAccuracy * 100,
                latest.testAccuracy * 100)
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
    /// How far an unfinished run is: "epoch 12/3500" while it is running, else "paused, epoch 12/3500".
    var progressText: String { (state == .running ? "" : "\(state.rawValue), ") + "epoch \(epoch)/\(epochs)" }
}
