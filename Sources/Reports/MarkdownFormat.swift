import Foundation
import Lab
import Specs

extension ReportFormat {
    /// Table 1 as the paper lays it out, with the paper's figure and the difference in parentheses.
    public static let markdown = ReportFormat(name: "markdown") { MarkdownTable($0).text }
}

private struct MarkdownTable {
    let table: ReportTable

    init(_ table: ReportTable) { self.table = table }

    var text: String {
        if table.rows.isEmpty { return "No runs.\n" }
        let header =
            ["Model"]
            + table.datasets.flatMap {
                ["\($0.displayName) params (M)", "\($0.displayName) train %", "\($0.displayName) test %"]
            }
        let rows = table.rows.map { row in
            [escaped(row.label)] + table.datasets.flatMap { row.cells[$0].map(cells) ?? ["", "", ""] }
        }
        return aligned([header] + rows) + notes
    }

    private func cells(_ cell: ReportTable.Cell) -> [String] {
        let millions = String(format: "%.3f", Double(cell.paperParameters) / 1e6)
        let acting = cell.actingParameters == cell.paperParameters ? "" : "; \(cell.actingParameters) act"
        let parameters = millions + " (\(cell.paperParameters)\(acting))"
        guard let train = cell.train, let test = cell.test else {
            let epochs = cell.unfinished.map(mark).joined(separator: "; ")
            let beside = { (paper: Double?) in epochs + (paper.map { String(format: " (%.1f)", $0) } ?? "") }
            return [parameters, beside(cell.paper?.trainAccuracy), beside(cell.paper?.testAccuracy)]
        }
        let waiting = cell.unfinished.isEmpty ? "" : "; without " + cell.unfinished.map(mark).joined(separator: "; ")
        return [
            parameters, figure(train, paper: cell.paper?.trainAccuracy) + waiting,
            figure(test, paper: cell.paper?.testAccuracy) + waiting,
        ]
    }

    /// 61.2 ± 0.3 (61.4, −0.2)
    private func figure(_ statistics: Statistics, paper: Double?) -> String {
        var text = String(format: "%.1f", statistics.mean * 100)
        if let deviation = statistics.deviation { text += String(format: " ± %.1f", deviation * 100) }
        guard let paper else { return text }
        let difference = statistics.mean * 100 - paper
        let sign = String(format: "%+.1f", difference).replacingOccurrences(of: "-", with: "−")
        return text + String(format: " (%.1f, ", paper) + sign + ")"
    }

    private func mark(_ run: RunSummary) -> String {
        let state = run.state == .running ? "" : "\(run.state.rawValue), "
        return "\(state)epoch \(run.epoch)/\(run.epochs)"
    }

    private var notes: String {
        let cells = table.rows.flatMap { row in table.datasets.compactMap { row.cells[$0] } }
        var notes = ["Accuracies of the final weights over the whole of both splits; mean ± standard deviation over seeds."]
        if cells.contains(where: { $0.paper != nil }) {
            notes.append("In parentheses: the paper's figure and, of finished runs, the difference.")
        }
        notes.append("Parameters as the paper counts them; a bias on the input cloud does not act and is not stored.")
        for run in cells.flatMap(\.mixedKernels) {
            notes.append(
                "Run \(run.id.prefix(8)) was trained with several kinds of arithmetic (\(run.arithmetics.joined(separator: ", "))); "
                    + "its bits are its own.")
        }
        for run in cells.flatMap(\.unfinished) {
            var line = "Not finished: \(run.model) \(run.settings.dataset.displayName) seed \(run.settings.seed), "
            line += "\(run.state.rawValue), epoch \(run.epoch)/\(run.epochs)"
            if let latest = run.latest {
                line += String(
                    format: ", loss %.4f, train %.1f %%, test %.1f %%", latest.loss, latest.trainAccuracy * 100,
                    latest.testAccuracy * 100)
            }
            notes.append(line + (run.error.map { ": \(escaped($0))" } ?? "") + ".")
        }
        return "\n" + notes.map { "- \($0)\n" }.joined()
    }

    private func aligned(_ rows: [[String]]) -> String {
        let widths = rows[0].indices.map { column in max(3, rows.map { $0[column].count }.max() ?? 0) }
        let line = { (cells: [String]) in
            "| " + zip(cells, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: " | ") + " |\n"
        }
        let rule = widths.enumerated().map { index, width in
            index == 0 ? String(repeating: "-", count: width) : String(repeating: "-", count: width - 1) + ":"
        }
        return line(rows[0]) + line(rule) + rows.dropFirst().map(line).joined()
    }

    private func escaped(_ text: String) -> String {
        text.replacingOccurrences(of: "\n", with: " ").replacingOccurrences(of: "|", with: "\\|")
    }
}
