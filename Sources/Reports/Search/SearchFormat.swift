import Foundation
import Lab
import Specs

/// A format of a search's report: its name on the command line, and the function that renders it.
public struct SearchFormat: Sendable {
    public let name: String
    public let render: @Sendable (SearchReport) throws -> String

    public static let all: [SearchFormat] = [.markdown, .csv, .html, .json]

    public static func named(_ name: String) -> SearchFormat? { all.first { $0.name == name } }
}

extension SearchFormat {
    /// A table of the trials, best first.
    public static let markdown = SearchFormat(name: "markdown") { report in
        let rows = ([report.titles] + report.rows).map { $0.map(MarkdownText.escaped) }
        return "**\(MarkdownText.escaped(report.heading))**\n\n" + MarkdownText.table(rows, isNumber: report.isNumber) + "\n"
            + report.notes.map { "- \(MarkdownText.escaped($0))\n" }.joined()
    }

    /// One line a trial, best first, with all of its settings that vary under their names in a spec. Accuracies are fractions; unknown
    /// values are empty.
    public static let csv = SearchFormat(name: "csv") { report in
        let keys = ["linear", "d"].filter { !report.varying.keys.contains($0) } + report.varying.keys
        let titles =
            ["trial", "run", "model"] + keys + ["linear_parameters", "state", "epoch"]
            + report.search.stages.map { "validation_accuracy_\($0)" }
        let lines = report.search.ranked.map { trial -> [String] in
            guard let run = trial.run else { return [] }
            let settings = Dictionary(uniqueKeysWithValues: zip(Settings.keys, run.settings.texts))
            return ["\(trial.number)", run.id, run.model] + keys.map { settings[$0] ?? "" }
                + ["\(run.settings.linearParameters)", run.state.rawValue, "\(run.epoch)"]
                + trial.accuracies.map { $0.map { "\($0)" } ?? "" }
        }
        return ([titles] + lines).map { CSV.line($0) }.joined()
    }

    /// A self-contained page with the plots and the table.
    public static let html = SearchFormat(name: "html") { report in
        let head = report.titles.map { Markup.element("th", ["scope": "col"], text: $0) }
        let rows = report.rows.map { cells in
            Markup.element("tr", [:], cells.map { Markup.element("td", text: $0) })
        }
        let table = Markup.element(
            "table", [:], [.element("thead", [:], [.element("tr", [:], head)]), .element("tbody", [:], rows)])
        let figures = report.drawing.map { [Markup.element("figure", [:], [$0])] } ?? []
        return HTMLDocument.text(
            title: "pcnlab: search \(report.name)",
            [.element("p", text: report.heading)] + figures + [
                .element("h2", text: "Trials, best first"), .element("div", ["class": "wide"], [table]),
                .element("ul", [:], report.notes.map { Markup.element("li", text: $0) }),
            ])
    }

    /// A list of objects, one a trial, best first. Accuracies are fractions, null where a trial is not trained so far.
    public static let json = SearchFormat(name: "json") { report in
        let stages = report.search.stages
        return try JSONOutput.text(
            report.search.ranked.compactMap { trial in
                trial.run.map { SearchRow(trial, $0, stages) }
            }) + "\n"
    }
}

private struct SearchRow: Encodable {
    struct Stage: Encodable {
        let epoch: Int
        @Nullable var validationAccuracy: Double?
    }

    let trial: Int
    let run: String
    let model: String
    let settings: Settings
    let linearParameters: Int
    let state: RunState
    let epoch: Int
    let stages: [Stage]

    init(_ trial: SearchSummary.Trial, _ run: RunSummary, _ stages: [Int]) {
        (self.trial, self.run, model, settings) = (trial.number, run.id, run.model, run.settings)
        (linearParameters, state, epoch) = (run.settings.linearParameters, run.state, run.epoch)
        self.stages = zip(stages, trial.accuracies).map { Stage(epoch: $0, validationAccuracy: $1) }
    }
}
