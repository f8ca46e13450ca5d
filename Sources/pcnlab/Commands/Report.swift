import ArgumentParser
import Foundation
import Lab
import Operations
import Reports

struct Report: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print Table 1: mean ± standard deviation over seeds, beside the paper's figures.",
        discussion: """
            Runs that are not finished are marked with their epoch and not averaged. The HTML page includes the curves. The LaTeX \
            output is a document for pdflatex.

            --confusion RUN reports one run's confusion matrix in place of the table: how many of the test images of each class (a row) \
            its newest weights take for each class (a column), as markdown, csv or json. With --plots it is drawn, too.

            --search NAME ranks the trials of a search by validation accuracy, as markdown, csv, html or json. With --plots its \
            accuracies are drawn against each setting: DIR/NAME-search.svg.
            """)

    @OptionGroup var lab: LabPlace

    @Option(help: "The report's format.")
    var format = ReportFormat.markdown

    @Flag(help: "Begin CSV with the mark by which Excel recognises UTF-8.")
    var excel = false

    @Flag(help: "Order the rows by test accuracy, best first, in place of the paper's order.")
    var ranked = false

    @OptionGroup(title: "SELECTION") var criteria: RunCriteria

    @Option(
        help: ArgumentHelp(
            "Write every run's curve to DIR/EXPERIMENT/MODEL-DATASET-sSEED-ID.csv, and its settings to DIR/index.csv.",
            valueName: "dir"),
        completion: .directory)
    var curves: String?

    @Option(
        help: ArgumentHelp(
            """
            Draw Figure 5: DIR/ARCHITECTURE-DATASET-QUANTITY.svg, of loss, train and test accuracy over the epochs; and final accuracies \
            against d.
            """,
            valueName: "dir"),
        completion: .directory)
    var plots: String?

    @Option(help: ArgumentHelp("Report the confusion matrix of this run on its test images.", valueName: "run"))
    var confusion: String?

    @Option(help: ArgumentHelp("Report the trials of this search, best first, in place of the table.", valueName: "experiment"))
    var search: String?

    @Option(help: "Write the report to a file instead of the standard output.", completion: .file())
    var output: String?

    private var experiment: String? { criteria.experiment }

    func validate() throws {
        if excel, format.name != ReportFormat.csv.name { throw ValidationError("--excel is for --format csv") }
        if ranked, search != nil || confusion != nil {
            throw ValidationError("--ranked orders the table; leave --\(search == nil ? "confusion" : "search") or --ranked out")
        }
        if search != nil {
            let names = SearchFormat.all.map(\.name)
            if !names.contains(format.name) {
                throw ValidationError("--search is written as \(names.joined(separator: ", ")), not as \(format.name)")
            }
            if !criteria.isEmpty || confusion != nil {
                throw ValidationError("--search reports one search; leave the selection out")
            }
            if curves != nil {
                throw ValidationError(
                    "--search has no curves; `pcnlab report --experiment \(search ?? "") --curves DIR` writes them")
            }
        }
        guard confusion != nil else { return }
        if !ConfusionMatrix.formats.contains(format.name) {
            throw ValidationError(
                "--confusion is written as \(ConfusionMatrix.formats.joined(separator: ", ")), not as \(format.name)")
        }
        if experiment != nil { throw ValidationError("--confusion is of one run; leave --experiment out") }
        if curves != nil { throw ValidationError("--confusion has no curves; `pcnlab report --curves` writes them") }
    }

    func run() throws {
        try reporting {
            let lab = try lab.open()
            if let confusion {
                guard let lab = lab as? Lab else {
                    throw Failure("--confusion computes on the machine of the lab; give it there, without --server", Exit.usage)
                }
                return try reportConfusion(lab, confusion)
            }
            if let search {
                guard let summary = try lab.search(search) else {
                    throw Failure(
                        "experiment \(search) is no search; leave --search out, or give --experiment \(search)", Exit.usage)
                }
                return try reportSearch(SearchReport(summary))
            }
            let runs = try lab.listing(criteria.selector, limit: nil).readable()
            let input = ReportInput(
                runs, experiment: experiment, ranked: ranked, epochs: { try lab.epochs(of: $0.id) },
                compressed: { (lab as? Lab)?.compressedShape(of: $0) })
            let text = (excel ? ReportFormat.excelMark : "") + (try format.render(input))
            if let output { try write(text, to: given(output)) } else { Terminal.output.write(text) }
            if let curves { try writeCurves(lab, runs, given(curves, isFolder: true)) }
            if let plots { try writePlots(input, given(plots, isFolder: true)) }
        }
    }

    private func reportSearch(_ report: SearchReport) throws {
        let format = SearchFormat.named(format.name) ?? .markdown
        let text = (excel ? ReportFormat.excelMark : "") + (try format.render(report))
        if let output { try write(text, to: given(output)) } else { Terminal.output.write(text) }
        guard let plots else { return }
        guard let svg = report.svg else {
            return Terminal.error.line("no plot in \(plots): no trial has got to its first rung yet")
        }
        let folder = try given(plots, isFolder: true)
        try write(svg, to: folder.appending(path: "\(report.name)-search.svg"))
        Terminal.error.line("1 plot in \(folder.relativePath)")
    }

    private func writeCurves(_ lab: any LabAccess, _ runs: [RunSummary], _ folder: URL) throws {
        let files = CurveFile.files(of: runs) { run in experiment.map { [$0] } ?? run.experiments }
        for file in files {
            try write(CurveFile.csv(try lab.epochs(of: file.run.id)), to: folder.appending(path: file.path))
        }
        try write(CurveFile.index(files), to: folder.appending(path: "index.csv"))
        Terminal.error.line("\(Format.count(files.count, "curve")) in \(folder.relativePath)")
    }

    private func writePlots(_ input: ReportInput, _ folder: URL) throws {
        let figures = try input.figures()
        for figure in figures { try write(figure.svg, to: folder.appending(path: figure.fileName)) }
        Terminal.error.line(
            "\(Format.count(figures.count, "plot")) in \(folder.relativePath)" + (figures.isEmpty ? ": no epoch is done yet" : "")
        )
    }
}
