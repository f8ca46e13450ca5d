import Specs

/// Text and tables of Markdown.
enum MarkdownText {
    /// Escapes characters that would end a cell, a line or the plain text.
    static func escaped(_ text: String) -> String {
        text.onOneLine.unicodeScalars.map { "|<`".unicodeScalars.contains($0) ? "\\\($0)" : String($0) }.joined()
    }

    /// A table whose columns are aligned as text, too. The first row has the titles.
    /// - Parameter isNumber: whether a column has numbers, which are set to the right.
    static func table(_ rows: [[String]], isNumber: (Int) -> Bool) -> String {
        let widths = rows[0].indices.map { column in max(3, rows.map { $0[column].count }.max() ?? 0) }
        let line = { (cells: [String]) in
            "| " + zip(cells, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: " | ") + " |\n"
        }
        let rule = widths.enumerated().map { column, width in
            isNumber(column) ? String(repeating: "-", count: width - 1) + ":" : String(repeating: "-", count: width)
        }
        return line(rows[0]) + line(rule) + rows.dropFirst().map(line).joined()
    }
}
