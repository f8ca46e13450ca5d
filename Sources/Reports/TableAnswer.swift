import Specs

/// Table 1 in words, for a page that lays it out itself.
public struct TableAnswer: Encodable, Sendable {
    struct Data: Encodable, Sendable {
        let name: String
        let displayName: String
    }

    struct Figure: Encodable, Sendable {
        @Nullable var mean: String?
        @Nullable var paper: String?
        let unfinished: [String]
    }

    struct Cell: Encodable, Sendable {
        let parameters: String
        let exact: String
        let train: Figure
        let test: Figure
        /// Ids of the runs.
        let runs: [String]
        /// The paper's accuracies, as fractions, and its final loss; nil if they do not apply.
        @Nullable var paperTrain: Double?
        @Nullable var paperTest: Double?
        @Nullable var paperLoss: Double?
    }

    struct Row: Encodable, Sendable {
        let label: String
        let cells: [String: Cell]
    }

    @Nullable private(set) var heading: String?
    let notes: [String]
    let datasets: [Data]
    let rows: [Row]

    public init(_ input: ReportInput) {
        let text = TableText(table: input.table)
        (heading, notes) = (text.heading, text.notes)
        // Folders of own data may have the same last name: the whole name is the key.
        datasets = input.table.datasets.map { Data(name: $0.name, displayName: $0.displayName) }
        rows = input.table.rows.map { row in
            Row(
                label: row.label,
                cells: Dictionary(row.cells.map { ($0.key.name, Cell($0.value)) }) { first, _ in first })
        }
    }
}

extension TableAnswer.Cell {
    fileprivate init(_ cell: ReportTable.Cell) {
        let text = TableText.Cell(cell)
        (parameters, exact) = (text.millions, text.exact)
        (train, test) = (TableAnswer.Figure(text.train), TableAnswer.Figure(text.test))
        var ids: [String] = []
        for run in cell.finished + cell.unfinished where !ids.contains(run.id) { ids.append(run.id) }
        runs = ids
        (paperTrain, paperTest) = (cell.paper.map { $0.trainAccuracy / 100 }, cell.paper.map { $0.testAccuracy / 100 })
        paperLoss = cell.paper?.finalLoss
    }
}

extension TableAnswer.Figure {
    fileprivate init(_ figure: TableText.Figure) { (mean, paper, unfinished) = (figure.mean, figure.paper, figure.unfinished) }
}
