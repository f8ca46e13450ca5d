import Specs

extension ReportFormat {
    /// A self-contained page with the table and the plots.
    public static let html = ReportFormat(name: "html") { try HTMLPage(input: $0).text }
}

private struct HTMLPage {
    let input: ReportInput

    var text: String {
        get throws {
            let title = "pcnlab: " + (input.experiments.isEmpty ? "no runs" : input.experiments.joined(separator: ", "))
            return HTMLDocument.text(title: title, try sections)
        }
    }

    private var sections: [Markup] {
        get throws {
            let words = TableText(table: input.table)
            if input.table.rows.isEmpty { return (["No runs."] + words.trials).map { .element("p", text: $0) } }
            let notes = words.notes.map { Markup.element("li", text: $0) }
            let heading = words.heading.map { [Markup.element("p", [:], [.element("strong", text: $0)])] } ?? []
            return [Markup.element("h2", text: "Linear parameters and top-1 accuracy")] + heading + [
                .element("div", ["class": "wide"], [table]),
                .element("ul", [:], notes), .element("h2", text: "Curves"),
            ] + (try curves)
        }
    }

    private var table: Markup {
        let names = input.table.datasets.map {
            Markup.element("th", ["colspan": "3", "scope": "colgroup"], text: $0.displayName)
        }
        let titles = input.table.datasets.flatMap { _ in
            ["params (M)", "train %", "test %"].map { Markup.element("th", ["scope": "col"], text: $0) }
        }
        let model = Markup.element("th", ["rowspan": "2", "scope": "col"], text: "Model")
        let rows = input.table.rows.map { row in
            let cells = input.table.datasets.flatMap { dataset in
                row.cells[dataset].map { columns(TableText.Cell($0)) } ?? [Markup](repeating: .element("td"), count: 3)
            }
            let own = row.ownTexts.joined(separator: ", ")
            let small = own.isEmpty ? [] : [Markup.text(" "), .element("small", text: "(\(own))")]
            return Markup.element("tr", [:], [.element("th", ["scope": "row"], [.text(row.model)] + small)] + cells)
        }
        return .element(
            "table", [:],
            [
                .element("thead", [:], [.element("tr", [:], [model] + names), .element("tr", [:], titles)]),
                .element("tbody", [:], rows),
            ])
    }

    private func columns(_ cell: TableText.Cell) -> [Markup] {
        let parameters = Markup.element("td", [:], [.text("\(cell.millions) "), .element("small", text: "(\(cell.exact))")])
        return [parameters, figure(cell.train), figure(cell.test)]
    }

    private func figure(_ figure: TableText.Figure) -> Markup {
        let marks = figure.unfinished.joined(separator: "; ")
        let paper = figure.paper.map { [Markup.text(" "), .element("small", text: "(\($0))")] } ?? []
        guard let mean = figure.mean else { return .element("td", [:], [.element("em", text: marks)] + paper) }
        let without = marks.isEmpty ? [] : [Markup.text(" "), .element("em", text: "without \(marks)")]
        return .element("td", [:], [.text(mean)] + paper + without)
    }

    /// A row of plots for each architecture and data set.
    private var curves: [Markup] {
        get throws {
            let figures = try input.figures()
            if figures.isEmpty { return [.element("p", text: "No epoch is done yet.")] }
            var subjects: [String] = []
            for figure in figures where !subjects.contains(figure.subject) { subjects.append(figure.subject) }
            return subjects.flatMap { subject in
                let drawings = figures.filter { $0.subject == subject }.map { Markup.element("figure", [:], [$0.markup]) }
                return [Markup.element("h3", text: subject), .element("div", ["class": "figures"], drawings)]
            }
        }
    }
}
