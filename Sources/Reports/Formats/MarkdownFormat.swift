extension ReportFormat {
    /// Table 1 as the paper lays it out, with the paper's figure and the difference in parentheses.
    public static let markdown = ReportFormat(name: "markdown") { MarkdownTable(table: $0.table).text }
}

private struct MarkdownTable {
    let table: ReportTable

    var text: String {
        if table.rows.isEmpty {
            return "No runs.\n" + TableText(table: table).trials.map { "\n- \(MarkdownText.escaped($0))\n" }.joined()
        }
        let header =
            ["Model"]
            + table.datasets.flatMap {
                let name = MarkdownText.escaped($0.displayName)
                return ["\(name) params (M)", "\(name) train %", "\(name) test %"]
            }
        let rows = table.rows.map { row in
            [MarkdownText.escaped(row.label)]
                + table.datasets.flatMap { row.cells[$0].map { cells(TableText.Cell($0)) } ?? ["", "", ""] }
        }
        let words = TableText(table: table)
        let notes = words.notes.map { "- \(MarkdownText.escaped($0))\n" }.joined()
        return (words.heading.map { "**\(MarkdownText.escaped($0))**\n\n" } ?? "")
            + MarkdownText.table([header] + rows) { $0 > 0 } + "\n" + notes
    }

    private func cells(_ cell: TableText.Cell) -> [String] {
        ["\(cell.millions) (\(cell.exact))", figure(cell.train), figure(cell.test)]
    }

    /// 61.2 ± 0.3 (61.4, −0.2); without epoch 12/3500
    private func figure(_ figure: TableText.Figure) -> String {
        let marks = figure.unfinished.joined(separator: "; ")
        let without = figure.mean == nil || marks.isEmpty ? "" : "; without \(marks)"
        return (figure.mean ?? marks) + (figure.paper.map { " (\($0))" } ?? "") + without
    }
}
