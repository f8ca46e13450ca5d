/// A table with aligned columns.
struct TextTable {
    enum Alignment { case left, right }

    struct Column {
        let title: String
        let alignment: Alignment
        /// Where not all columns fit, those of a lower rank are kept.
        var rank = 0
    }

    /// A cell's text, and the colour that is applied after padding.
    struct Cell: ExpressibleByStringLiteral {
        let text: String
        let colour: Colour?

        init(_ text: String, _ colour: Colour? = nil) {
            self.text = text.printable
            self.colour = colour
        }

        init(stringLiteral text: String) { self.init(text) }
    }

    private let columns: [Column]
    private var rows: [[Cell]] = []

    init(_ columns: [Column]) { self.columns = columns }

    mutating func add(_ cells: [Cell]) {
        precondition(cells.count == columns.count, "one cell a column")
        rows.append(cells)
    }

    /// - Parameter limit: the columns of the window, if the lines must fit it. Whole columns of the table are left out.
    func lines(for terminal: Terminal, within limit: Int? = nil) -> [String] {
        let widths = columns.indices.map { index in
            ([columns[index].title] + rows.map { $0[index].text }).map(\.terminalColumns).max() ?? 0
        }
        let kept = kept(widths, within: limit ?? .max)
        let line = { (cells: [Cell]) in
            kept.map { index in
                let cell = cells[index]
                let padding = String(repeating: " ", count: widths[index] - cell.text.terminalColumns)
                let text = cell.colour?.paint(cell.text, on: terminal) ?? cell.text
                return columns[index].alignment == .left ? text + padding : padding + text
            }.joined(separator: "  ").trimmingEnd()
        }
        return [line(columns.map { Cell($0.title, .bold) })] + rows.map(line)
    }

    /// The indices of the columns that fit, in their order; at least the one of the lowest rank.
    private func kept(_ widths: [Int], within limit: Int) -> [Int] {
        var kept: [Int] = [], room = limit
        for index in columns.indices.sorted(by: { (columns[$0].rank, $0) < (columns[$1].rank, $1) }) {
            let width = widths[index] + (kept.isEmpty ? 0 : 2)
            guard width <= room || kept.isEmpty else { continue }
            kept.append(index)
            room -= width
        }
        return kept.sorted()
    }
}

extension String {
    fileprivate func trimmingEnd() -> String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}

extension TextTable.Column {
    static func left(_ title: String, rank: Int = 0) -> Self { Self(title: title, alignment: .left, rank: rank) }
    static func right(_ title: String, rank: Int = 0) -> Self { Self(title: title, alignment: .right, rank: rank) }
}
