import Testing

@testable import Reports
@testable import Specs

extension ReportFormat {
    /// What a file beside `JSONFormat.swift` would define.
    fileprivate static let mine = ReportFormat(name: "mine") { input in
        input.table.rows.map { "\($0.label)\n" }.joined()
    }
}

extension Linear {
    fileprivate static let mine = Linear(
        name: "mine", summary: "as sums of two vectors", settings: .d, symbol: "u + v",
        colour: LineColour(light: [(1, 0x123456)], dark: [(1, 0x654321)]), label: { "Mine\($0)" },
        parameters: { 7 * $0.d }, forward: { $0.inputs }, inputGradient: \.inputs,
        export: LinearExport(inputAxis: nil, summary: "") { _, _ in nil })
}

@Suite("Registries")
struct RegistryTests {
    @Test("A new report format is one file and a line")
    func format() throws {
        #expect(ReportFormat.named("mine") == nil)
        try ReportFormat.$all.withValue(ReportFormat.all + [.mine]) {
            let text = try ReportFormat.named("mine")?.render(ReportInput([Runs.run(Runs.paper()), Runs.run(Runs.paper(.mlp))]))
            #expect(text == "LinearNet-PCN16\nLinearNet-MLP\n")
            #expect(ReportFormat.all.map(\.name).last == "mine")
        }
    }

    @Test("A new linear part has its label, counts, colour and symbol in every report, from its descriptor alone")
    func linear() throws {
        try Linear.$all.withValue(Linear.all + [.mine]) {
            let runs = [Runs.run(Runs.paper()), Runs.run(Settings(linear: .mine, d: 2, dataset: .cifar10))]
            let input = ReportInput(runs) { Runs.curve($0) }
            for format in ReportFormat.all {
                let text = try format.render(input)
                #expect(text.contains("LinearNet-Mine2") && text.contains("14"), "\(format.name)")
            }
            let series = try input.figures()[0].plot.series
            #expect(series.map(\.label) == ["PCN16", "Mine2"] && series[1].style.light == "#123456")
            let ensemble = LandscapeEnsemble(runs[1].settings, isShuffled: false, samples: [])
            #expect(ensemble.label == "u + v of Mine2")
        }
    }
}
