import Specs

extension ReportFormat {
    /// Table 1 as a document for pdflatex, with booktabs; two data sets a table, as in the paper.
    public static let latex = ReportFormat(name: "latex") { LaTeXDocument(input: $0).text }
}

private struct LaTeXDocument {
    let input: ReportInput

    var text: String {
        let words = TableText(table: input.table)
        let notes = input.table.rows.isEmpty ? ["No runs."] + words.trials : words.notes
        let datasets = input.table.datasets
        let tables = stride(from: 0, to: datasets.count, by: 2).map { table(Array(datasets[$0..<min($0 + 2, datasets.count)])) }
        return preamble + tables.joined() + "\\begin{itemize}\n"
            + notes.map { "  \\item \(LaTeXText.escaped($0))\n" }.joined() + "\\end{itemize}\n\\end{document}\n"
    }

    private var preamble: String {
        """
        % pdflatex FILE, again until it asks for no more: a long table learns the widths of its columns from the pass before.
        \\documentclass[a4paper]{article}
        \\usepackage{array,booktabs,longtable}
        \\newcolumntype{s}{>{\\scriptsize}l}
        % A4 on its side, whatever the printer's default is.
        \\setlength{\\paperwidth}{297mm}\\setlength{\\paperheight}{210mm}
        \\pdfpagewidth=\\paperwidth \\pdfpageheight=\\paperheight
        \\setlength{\\textwidth}{267mm}\\setlength{\\textheight}{175mm}\\setlength{\\LTcapwidth}{\\textwidth}
        \\setlength{\\oddsidemargin}{-10.4mm}\\setlength{\\topmargin}{-15.4mm}\\setlength{\\headheight}{0pt}\\setlength{\\headsep}{0pt}
        \\setlength{\\tabcolsep}{3pt}
        \\renewcommand{\\labelitemi}{$\\bullet$}
        \\begin{document}\\sloppy\\footnotesize

        """
    }

    /// Columns of a data set: parameters in millions and exactly, train and test accuracy each followed by the paper's.
    private static let alignment = "rsrsrs"

    private func table(_ datasets: [DatasetName]) -> String {
        let rows = input.table.rows.filter { row in datasets.contains { row.cells[$0] != nil } }
        let model = datasets.count == 1 ? 120 : 48
        let names = datasets.map { "\\multicolumn{6}{c}{\(LaTeXText.escaped($0.displayName))}" }
        let rules = datasets.indices.map { "\\cmidrule(lr){\(2 + 6 * $0)-\(7 + 6 * $0)}" }
        let titles = datasets.map { _ in
            ["params (M)", "train \\%", "test \\%"].map { "\\multicolumn{2}{c}{\($0)}" }.joined(separator: " & ")
        }
        return """
            \\begin{longtable}{@{}>{\\raggedright\\arraybackslash}p{\(model)mm}\(datasets.map { _ in Self.alignment }.joined())@{}}
            \\caption{\(caption(datasets))}\\\\
            \\toprule
             & \(names.joined(separator: " & ")) \\\\
            \(rules.joined())
            Model & \(titles.joined(separator: " & ")) \\\\
            \\midrule
            \\endhead
            \\bottomrule
            \\endfoot
            \(rows.map { line($0, datasets) }.joined(separator: "\n"))
            \\end{longtable}

            """
    }

    private func caption(_ datasets: [DatasetName]) -> String {
        let sets = datasets.map { LaTeXText.escaped($0.displayName) }.joined(separator: " and ")
        let names = input.experiments.map { LaTeXText.escaped($0) }.joined(separator: ", ")
        let heading = TableText(table: input.table).heading.map { "\\textbf{\(LaTeXText.escaped($0))} " } ?? ""
        return "Linear parameters and top-1 accuracy on \(sets). \(heading)Experiments: \(names). "
            + "$\\dagger$: without runs that are not finished, which are listed below; where no run is, the epoch of the first."
    }

    private func line(_ row: ReportTable.Row, _ datasets: [DatasetName]) -> String {
        let cells = datasets.flatMap { row.cells[$0].map { columns(TableText.Cell($0)) } ?? ["", "", "", "", "", ""] }
        return ([LaTeXText.escaped(row.label)] + cells).joined(separator: " & ") + " \\\\"
    }

    private func columns(_ cell: TableText.Cell) -> [String] {
        [cell.millions, "(\(LaTeXText.escaped(cell.exact)))"] + figure(cell.train) + figure(cell.test)
    }

    /// An unfinished run is marked with its epoch only; the notes give its state.
    private func figure(_ figure: TableText.Figure) -> [String] {
        let progress = figure.unfinished.first?.split(separator: " ").last.map { String($0) } ?? ""
        let mark = figure.unfinished.isEmpty ? "" : "$^\\dagger$"
        return [LaTeXText.escaped(figure.mean ?? progress) + mark, figure.paper.map { "(\(LaTeXText.escaped($0)))" } ?? ""]
    }
}
