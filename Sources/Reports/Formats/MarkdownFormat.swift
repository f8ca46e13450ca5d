extension ReportFormat {
    /// Table 1 as the paper lays it out, with the paper's figure and the difference in parentheses.
    public static let markdown = ReportFormat(name: "markdown") { MarkdownTable(table: $0.table).text }
}

private struct MarkdownTable {
    let table: ReportTable

    var text: String {
        if table.rows.isEmpty {
            return "No runs.\n" + TableText(table: table).trials.map { "\n- \(escaped($0))\n" }.joined()
        }
        let header =
            ["Model"]
            + table.datasets.flatMap {
                ["\($0.displayName) params (M)", "\($0.displayName) train %", "\($0.displayName) test %"]
            }
        let rows = table.rows.map { row in
            [escaped(row.label)]
                + table.datasets.flatMap { row.cells[$0].map { cells(TableText.Cell($0)) } ?? ["", "", ""] }
        }
        let words = TableText(table: table)
        let notes = words.notes.map { "- \(escaped($0))\n" }.joined()
        return (words.heading.map { "**\(escaped($0))**\n\n" } ?? "") + aligned([header] + rows) + "\n" + notes
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

    /// Escapes characters that would end a cell, a line or the plain text.
    private func escaped(_ text: String) -> String {
        text.onOneLine.unicodeScalars.map { "|<`".unicodeScalars.contains($0) ? "\\\($0)" : String($0) }.joined()
    }
}
