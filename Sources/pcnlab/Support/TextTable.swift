/// A table with aligned columns.
struct TextTable {
    enum Alignment { case left, right }

    struct Column {
        let title: String
        let alignment: Alignment
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

    func lines(for terminal: Terminal) -> [String] {
        let widths = columns.indices.map { index in
            ([columns[index].title] + rows.map { $0[index].text }).map(\.count).max() ?? 0
        }
        let line = { (cells: [Cell]) in
            cells.indices.map { index in
                let cell = cells[index]
                let padding = String(repeating: " ", count: widths[index] - cell.text.count)
                let text = cell.colour?.paint(cell.text, on: terminal) ?? cell.text
                return columns[index].alignment == .left ? text + padding : padding + text
            }.joined(separator: "  ").trimmingEnd()
        }
        return [line(columns.map { Cell($0.title, .bold) })] + rows.map(line)
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
    static func left(_ title: String) -> Self { Self(title: title, alignment: .left) }
    static func right(_ title: String) -> Self { Self(title: title, alignment: .right) }
}
