import Foundation
import Specs
import Testing

@testable import Lab
@testable import Reports

@Suite("Every line tells its run")
struct EveryLineTests {
    private func setting(_ linear: Linear = .pcn, d: Int = 8, epsilon: LayerValues = 0.1, seed: Int = 1) -> Settings {
        Settings(linear: linear, d: d, epsilon: epsilon, dataset: .cifar10, epochs: 40, seed: seed)
    }

    @Test("a note names the run's id and the settings in which runs differ, the paper's value too")
    func notes() {
        let runs = [
            Runs.run(setting(epsilon: 0.1), state: .diverged, epoch: 3),
            Runs.run(setting(epsilon: 0.05), state: .paused, epoch: 2),
            Runs.run(setting(.mlp), state: .failed, epoch: 1),
        ]
        let notes = TableText(table: ReportTable(runs)).notes.filter { $0.hasPrefix("Not finished") }
        for (run, name) in zip(runs, ["LinearNet-PCN8 (ε 0.1)", "LinearNet-PCN8 (ε 0.05)", "LinearNet-MLP"]) {
            let start = "Not finished: run \(run.id.prefix(8)), \(name) CIFAR-10 seed 1, \(run.state.rawValue), epoch"
            #expect(notes.contains { $0.hasPrefix(start) }, "\(notes)")
        }
    }

    @Test("a row names a swept value that is the paper's, unless all of the row is the paper's")
    func labels() {
        let swept = [setting(epsilon: 0.1), setting(epsilon: 0.05)].map { Runs.run($0) }
        #expect(ReportTable(swept).rows.map(\.label) == ["LinearNet-PCN8 (ε 0.1)", "LinearNet-PCN8 (ε 0.05)"])
        let beside = [Runs.run(Runs.paper(d: 8))] + swept
        #expect(
            ReportTable(beside).rows.map(\.label) == [
                "LinearNet-PCN8", "LinearNet-PCN8 (ε 0.1, epochs 40)", "LinearNet-PCN8 (ε 0.05, epochs 40)",
            ])
    }

    @Test("a footnote says that accuracies are those of the run's samples where it uses a part of the data")
    func samples() {
        let whole = Runs.run(Runs.paper()), part = Runs.run(Settings(d: 4, dataset: .cifar10, trainSamples: 100))
        let first = { (runs: [RunSummary]) in TableText(table: ReportTable(runs)).notes[0] }
        #expect(first([whole]).contains("over both whole splits:"))
        #expect(first([part]).contains("over the run's samples of both splits:"))
        #expect(first([whole, part]).contains("over both whole splits, or the run's samples where it uses fewer:"))
    }

    @Test("CSV and JSON have the same names, and JSON writes null for what is not known")
    func names() throws {
        let input = ReportInput([Runs.run(Runs.paper(), state: .queued, epoch: 0), Runs.run(Runs.paper(.mlp))])
        let csv = try ReportFormat.csv.render(input).split(separator: "\n")[0].split(separator: ",").map(String.init)
        let json = try JSONSerialization.jsonObject(with: Data(try ReportFormat.json.render(input).utf8)) as? [[String: Any]]
        let rows = try #require(json)
        #expect(rows.count == 2)
        for row in rows { #expect(Set(row.keys) == Set(csv)) }
        #expect(rows[0]["train_mean"] is NSNull && rows[1]["train_mean"] as? Double == 0.6)
    }
}

@Suite("Lines of one plot")
struct LinesOfOnePlotTests {
    private func series(_ settings: [Settings]) throws -> [LinePlot.Series] {
        let input = ReportInput(settings.map { Runs.run($0) }) { Runs.curve($0) }
        return try #require(try input.figures().first).plot.series
    }

    private func looks(_ series: [LinePlot.Series]) -> [(light: String, dark: String, dashes: String)] {
        series.map { ($0.style.light, $0.style.dark, $0.style.dashes) }
    }

    /// Each two lines differ in their dashes, or clearly in their colour on both pages.
    private func expectTold(_ series: [LinePlot.Series], by least: Double = 0.1) {
        let looks = looks(series)
        for i in looks.indices {
            for j in looks.indices where j < i && looks[i].dashes == looks[j].dashes {
                #expect(Oklab.distance(looks[i].light, looks[j].light) > least, "\(series[i].label) and \(series[j].label)")
                #expect(Oklab.distance(looks[i].dark, looks[j].dark) > least, "\(series[i].label) and \(series[j].label)")
            }
        }
    }

    @Test("fourteen variants of one model are told apart, their colours a scale of the setting")
    func variants() throws {
        let rates = (0..<14).map { 1e-5 * pow(2, Double($0)) }
        let series = try series(rates.reversed().map { Settings(dataset: .cifar10, epochs: 9, learningRate: $0) })
        #expect(series.count == 14)
        expectTold(series)
        let lightness = series.map { Oklab.lightness($0.style.light) }
        #expect(lightness == lightness.sorted(by: >), "a larger learning rate is lighter")
    }

    @Test("no two of the 25 lines of experiments/ingredients.json look nearly the same, though there are six patterns of dashes")
    func manyLines() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let spec = root.appending(path: "experiments/ingredients.json")
        let series = try series(Experiment.decode(try Data(contentsOf: spec), file: spec.path).runs.filter { $0.seed == 1 })
        #expect(series.count == 25)
        expectTold(series, by: 0.07)
    }

    @Test("low-rank parts of ranks 2, 4 and 8 are told apart, beside point clouds")
    func ranks() throws {
        let low = [2, 4, 8].map { Settings(linear: .lowRank, d: $0, dataset: .cifar10) }
        let clouds = [4, 8, 16].map { Settings(linear: .pcn, d: $0, dataset: .cifar10) }
        let series = try series(low + clouds + [Settings(linear: .mlp, dataset: .cifar10)])
        #expect(series.count == 7)
        expectTold(series)
    }

    @Test("the legend has no entry without a line, and says how many have none")
    func legend() throws {
        let runs = [Runs.run(Runs.paper(d: 4), epoch: 5), Runs.run(Runs.paper(d: 8), state: .queued, epoch: 0)]
        let figure = try #require(try ReportInput(runs) { Runs.curve($0) }.figures().first)
        let texts = try #require(XMLTree.read(figure.svg)).named("text").map(\.text)
        #expect(texts.contains { $0.hasPrefix("PCN4") } && !texts.contains { $0.hasPrefix("PCN8") })
        #expect(texts.joined(separator: " ").contains("Without a line, as no value can be drawn: 1 of 2."))
    }

    @Test("long widths stay inside the legend and the pages")
    func widths() throws {
        let widths = [Int](repeating: 100, count: 32)
        let runs = [1e-3, 1e-4].flatMap { rate in
            [nil, widths].map { Runs.run(Settings(widths: $0, dataset: .cifar10, epochs: 9, learningRate: rate)) }
        }
        let input = ReportInput(runs) { Runs.curve($0) }
        for figure in try input.figures() {
            for text in try #require(XMLTree.read(figure.svg)).named("text") where text.attributes["text-anchor"] == "start" {
                let x = try #require(Double(text.attributes["x"] ?? ""))
                #expect(x + PlotText.width(text.text, size: 12) <= 520, "\(text.text)")
            }
        }
        #expect(try ReportFormat.latex.render(input).contains("100$\\times$\\allowbreak{}100"))
        #expect(HTMLStyle.sheet.contains("min-width: 11rem;\n  overflow-wrap: anywhere;"))
    }
}
