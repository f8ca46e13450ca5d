import Foundation
import Specs
import Testing

@testable import Lab
@testable import Reports

@Suite("Plots")
struct PlotTests {
    private func figures(_ runs: [RunSummary], _ curve: @escaping @Sendable (RunSummary) -> [EpochRow] = { Runs.curve($0) })
        throws -> [Figure]
    {
        try ReportInput(runs, epochs: curve).figures()
    }

    @Test("are one for each architecture, data set and quantity that has an epoch")
    func names() throws {
        let runs = [
            Runs.run(Runs.paper()), Runs.run(Runs.paper(.mlp)), Runs.run(Runs.paper(d: 4, .mnist), state: .running, epoch: 1),
        ]
        #expect(
            try figures(runs + [Runs.run(Runs.paper(d: 4, .cifar100), state: .queued, epoch: 0)]).map(\.fileName) == [
                "linearnet-cifar10-loss.svg", "linearnet-cifar10-train-accuracy.svg", "linearnet-cifar10-test-accuracy.svg",
                "linearnet-mnist-loss.svg", "linearnet-mnist-train-accuracy.svg", "linearnet-mnist-test-accuracy.svg",
            ])
    }

    @Test("are well-formed SVG with title, axes, units and a legend below every line, whatever the runs are")
    func drawing() throws {
        for figure in try figures(Runs.mixture) {
            let svg = try #require(XMLTree.read(figure.svg)?.children.first)
            let texts = svg.named("text")
            let all = texts.map(\.text).joined(separator: "\n")
            #expect(all.hasPrefix(figure.plot.title) && all.contains("epoch") && all.contains(figure.plot.yAxis))
            #expect(figure.plot.yAxis.contains("(%)") || figure.plot.yAxis.contains("cross-entropy"))
            for series in figure.plot.series { #expect(all.replacing("\n", with: " ").contains(series.label)) }
            // The x axis is the lowest line that is drawn; labels of series come after it.
            let axis = try #require(svg.named("line").compactMap { Double($0.attributes["y2"] ?? "") }.max())
            let first = try #require(figure.plot.series.first?.label.split(separator: " ").first)
            let legend = texts.filter { $0.text.hasPrefix(first) }.compactMap { Double($0.attributes["y"] ?? "") }
            #expect(legend.allSatisfy { $0 > axis } && !legend.isEmpty)
            let lowest = svg.named("g").flatMap { $0.named("path") }.flatMap { places($0) }.map(\.y).max() ?? 0
            #expect(lowest <= axis + 4)
            let height = try #require(Double(svg.attributes["height"] ?? ""))
            #expect(texts.allSatisfy { Double($0.attributes["y"] ?? "") ?? .infinity <= height - 4 })
        }
    }

    @Test("label every line, with one colour for each model in all plots and different dashes for different settings")
    func colours() throws {
        let runs = [
            Runs.run(Runs.paper(.mlp)), Runs.run(Runs.paper(d: 16)), Runs.run(Settings(lambda: 4.9, dataset: .cifar10)),
            Runs.run(Runs.paper(d: 16, .cifar100)), Runs.run(Runs.paper(d: 8, .cifar100)),
        ]
        let plots = try figures(runs).map(\.plot)
        #expect(plots[0].series.map(\.label) == ["PCN16", "PCN16 (λ 4.9)", "MLP"])
        #expect(plots[0].series[0].style.light == plots[0].series[1].style.light)
        #expect(plots[0].series[0].style.dashes != plots[0].series[1].style.dashes)
        let everywhere = plots.compactMap { $0.series.first { $0.label == "PCN16" }?.style.light }
        #expect(everywhere.count == 6 && Set(everywhere).count == 1)
        let looks = (0..<24).map { LineStyle(linear: .pcn, d: 16, variant: $0) }
        #expect(Set(looks.map { $0.light + $0.dashes }).count == 24)
    }

    @Test("draw the mean of finished seeds alone, and mark how far the others are")
    func seeds() throws {
        let runs = [
            Runs.run(Runs.paper(seed: 1)), Runs.run(Runs.paper(seed: 2)),
            Runs.run(Runs.paper(seed: 3), state: .running, epoch: 2), Runs.run(Runs.paper(seed: 4), state: .diverged, epoch: 1),
        ]
        let plot = try #require(try figures(runs) { run in Runs.curve(run) { _ in Double(run.settings.seed) } }.first?.plot)
        let series = try #require(plot.series.first)
        #expect(series.label == "PCN16, mean of 2 seeds; not finished: seed 3, epoch 2/3500; seed 4, diverged, epoch 1/3500")
        let means = series.lines.filter { $0.weight == .mean }
        #expect(means.count == 1 && Set(means[0].polyline.points.map(\.y)) == [1.5])
        #expect(series.lines.map(\.end) == [.finished, .finished, .finished, .unfinished, .broken])
        #expect(plot.caption.contains("thin: each seed") && plot.caption.contains("○") && plot.caption.contains("×"))
    }

    @Test("omit losses that are not finite, and are valid for any values")
    func divergence() throws {
        let losses: [[Double]] = [
            [2, .infinity, 1, .nan, 0.5], [.nan, .nan], [1e300, 1e-300], [0, 0], [.leastNonzeroMagnitude, 0], [2.3],
            [1e18, 3, 1], [-1, 1],
            [.greatestFiniteMagnitude, .greatestFiniteMagnitude],
        ]
        for loss in losses {
            let run = Runs.run(Runs.paper(), state: .diverged, epoch: loss.count)
            let figure = try #require(try figures([run]) { Runs.curve($0) { loss[$0 - 1] } }.first)
            let svg = try #require(XMLTree.read(figure.svg), "\(loss)")
            let numbers = svg.named("path").flatMap { places($0) }
            #expect(numbers.allSatisfy { (0...600).contains($0.x) && (0...600).contains($0.y) }, "\(loss)")
            #expect(!figure.svg.contains("nan") && !figure.svg.contains("\"inf"))
            #expect(loss.contains(where: Polyline.canBeDrawn) != figure.svg.contains("no finite value"))
            let points = figure.plot.series[0].lines[0].polyline
            #expect(points.points.map(\.y) == loss.filter(Polyline.canBeDrawn))
        }
        let gaps = Polyline([2, .infinity, 1, 3].enumerated().map { .init(x: Double($0), y: $1) })
        #expect(gaps.pieces.map(\.count) == [1, 2])
    }

    @Test("of thousands of epochs are small files and show every extreme")
    func decimation() throws {
        let run = Runs.run(Runs.paper())
        let plot = try #require(
            try figures([run]) { Runs.curve($0) { $0 == 1234 ? 9 : $0 == 2345 ? 0.01 : 1 + Double($0 % 7) / 100 } }.first)
        #expect(plot.svg.utf8.count < 40_000)
        #expect(plot.plot.epochsPerPoint == 12 && plot.plot.caption.contains("means of 12 epochs"))
        let line = plot.plot.series[0].lines[0].polyline
        #expect(line.means(over: 12).points.count == 292)
        let band = line.bands(over: 12).flatMap { $0 }
        #expect(band.map(\.y).max() == 9 && band.map(\.y).min() == 0.01)
        #expect(line.means(over: 5000).points.count == 1)
    }

    /// The absolute places that a path goes through.
    private func places(_ path: XMLTree.Node) -> [(x: Double, y: Double)] {
        (path.attributes["d"] ?? "").matches(of: /[ML](-?[\d.]+) (-?[\d.]+)/).map { (Double($0.1) ?? .nan, Double($0.2) ?? .nan) }
    }
}

@Suite("Scales")
struct ScaleTests {
    @Test("are those of numbers, whatever is in a file that was changed by hand")
    func extremes() {
        let most = Double.greatestFiniteMagnitude, least = Double.leastNonzeroMagnitude
        for values in [[1.5e308, -1.5e308], [least, 1000 * least], [least, most], [-most, most], [0, least], [most, most]] {
            for scale in [Scale.values(values), Scale.losses(values)] {
                #expect((2...12).contains(scale.ticks.count), "\(values)")
                for value in values { #expect(scale.position(value).isFinite) }
            }
            _ = TerminalChart(values, columns: 10, lines: 3)
        }
    }

    @Test("have a few round ticks that cover the values")
    func ticks() {
        #expect(Scale.values([0.2, 2.31]).ticks.map(\.label) == ["0.0", "0.5", "1.0", "1.5", "2.0", "2.5"])
        #expect(Scale.values([41.2, 52.9]).ticks.map(\.label) == ["40", "42", "44", "46", "48", "50", "52", "54"])
        #expect(Scale.values([0.001, 500]).ticks.map(\.label) == ["0.001", "0.01", "0.1", "1", "10", "100", "1000"])
        #expect(Scale.epochs(to: 3500).ticks.map(\.label) == ["0", "500", "1000", "1500", "2000", "2500", "3000", "3500"])
        #expect(Scale.epochs(to: 6).ticks.map(\.label) == ["1", "2", "3", "4", "5", "6"])
        #expect(Scale.epochs(to: 1).ticks.map(\.label) == ["1"])
    }

    @Test("cover any values with ticks between 2 and 10, all different")
    func anyValues() {
        for exponent in stride(from: -30.0, through: 30, by: 0.37) {
            for low in [0, 0.5, 0.999] {
                let high = pow(10, exponent)
                let scale = Scale.values([low * high, high])
                #expect(scale.domain.contains(low * high) && scale.domain.contains(high))
                #expect((2...10).contains(scale.ticks.count), "\(low) \(high)")
                #expect(Set(scale.ticks.map(\.label)).count == scale.ticks.count, "\(scale.ticks.map(\.label))")
                #expect(scale.ticks.allSatisfy { (-1e-9...1 + 1e-9).contains(scale.position($0.value)) })
            }
        }
        for last in 1...4000 { #expect((1...9).contains(Scale.epochs(to: last).ticks.count)) }
    }
}

@Suite("The terminal's chart")
struct TerminalChartTests {
    @Test("climbs from the lower left to the upper right, each dot in its place")
    func climbing() {
        #expect(TerminalChart([0, 1, 2, 3], columns: 2, lines: 1)?.lines == ["⡠⠊"])
        #expect(TerminalChart([0, 7], columns: 4, lines: 2)?.lines == ["⠀⠀⡠⠊", "⡠⠊"])
        #expect(TerminalChart([3, 0, 0, 0], columns: 2, lines: 1)?.lines == ["⢱⣀"])
    }

    @Test("needs two finite values, keeps extremes of long curves, and leaves gaps where a value is not finite")
    func limits() {
        #expect(TerminalChart([1], columns: 8, lines: 2) == nil && TerminalChart([1, .nan], columns: 8, lines: 2) == nil)
        #expect(TerminalChart([1, 1], columns: 4, lines: 1)?.lines == ["⠒⠒⠒⠒"])
        #expect(TerminalChart([1, .infinity, 1, 2], columns: 2, lines: 1)?.lines == ["⡀⡸"])
        var values = [Double](repeating: 0, count: 3500)
        values[1777] = 5
        let chart = TerminalChart(values, columns: 20, lines: 2)
        #expect(chart?.range == 0...5 && chart?.lines[0].contains { $0 != "\u{2800}" } == true)
        #expect(chart?.lines.allSatisfy { $0.count <= 20 } == true)
    }
}

@Suite("The plot of accuracy against d")
struct DimensionPlotTests {
    private func figures(_ runs: [RunSummary]) throws -> [Figure] {
        try ReportInput(runs, epochs: { Runs.curve($0) }).figures().filter { $0.fileName.hasSuffix("-d.svg") }
    }

    /// The points of a line that is drawn.
    private func points(_ plot: LinePlot, _ label: String) throws -> [[Double]] {
        let series = try #require(plot.series.first { $0.label == label })
        return try #require(series.lines.first).polyline.points.map { [$0.x, $0.y] }
    }

    @Test("has the completed runs that differ in d alone, in the order of d, beside the paper's figures and a dense network's")
    func paper() throws {
        let runs = [
            Runs.run(Runs.paper(.mlp), train: 0.97, test: 0.52), Runs.run(Runs.paper(d: 16), train: 0.63, test: 0.5),
            Runs.run(Runs.paper(d: 4), train: 0.48, test: 0.46), Runs.run(Runs.paper(d: 8), state: .running, epoch: 9),
            Runs.run(Runs.paper(d: 16, .cifar100)), Runs.run(Settings(linear: .mlp, dataset: .cifar10, epochs: 40)),
        ]
        let figures = try figures(runs)
        #expect(figures.map(\.fileName) == ["linearnet-cifar10-d.svg"])
        let plot = try #require(figures.first).plot
        #expect(
            plot.series.map(\.label) == [
                "PCN, test", "PCN, train", "the paper's PCN, test", "the paper's PCN, train", "MLP, test",
            ])
        #expect(try points(plot, "PCN, test") == [[4, 46], [16, 50]])
        #expect(try points(plot, "PCN, train") == [[4, 48], [16, 63]])
        #expect(try points(plot, "the paper's PCN, test") == [[4, 46], [16, 53]])
        #expect(try points(plot, "MLP, test").map { $0[1] } == [52, 52])
        #expect(plot.scales.x.ticks.map(\.label) == ["4", "16"])
        #expect(
            XMLTree.read(figures[0].svg)?.children.first?.named("text").first?.text == "LinearNet on CIFAR-10: accuracy against d"
        )
    }

    @Test(
        "has means over seeds with a dot a seed, and a line for each way of training, without the paper's figures beside others")
    func ways() throws {
        let short = { Settings(d: $0, dataset: .cifar10, epochs: 40, seed: $1) }
        let runs = [
            Runs.run(short(4, 1), test: 0.25), Runs.run(short(4, 2), test: 0.35), Runs.run(short(8, 1), test: 0.5),
            Runs.run(Settings(linear: .lowRank, d: 4, dataset: .cifar10, epochs: 40)),
            Runs.run(Settings(linear: .lowRank, d: 2, dataset: .cifar10, epochs: 40)),
        ]
        let plot = try #require(try figures(runs).first).plot
        #expect(plot.subtitle.contains("epochs 40"))
        #expect(plot.series.map(\.label) == ["PCN, test", "PCN, train", "LowRank, test", "LowRank, train"])
        let series = try #require(plot.series.first { $0.label == "PCN, test" })
        #expect(try points(plot, "PCN, test") == [[4, 30], [8, 50]])
        #expect(series.lines[1].polyline.pieces.map(\.count) == [1, 1, 1])
        #expect(looks(plot).count == plot.series.count)
    }

    private func looks(_ plot: LinePlot) -> Set<String> { Set(plot.series.map { $0.style.light + $0.style.dashes }) }

    @Test("has a look of its own for every line, where several linear parts were trained in several ways")
    func looks() throws {
        let runs = [Linear.pcn, .lowRank].flatMap { linear in
            [40, 80].flatMap { epochs in
                [4, 8].map { Runs.run(Settings(linear: linear, d: $0, dataset: .cifar10, epochs: epochs)) }
            }
        }
        let plot = try #require(try figures(runs).first).plot
        #expect(plot.series.count == 8 && looks(plot).count == 8)
    }

    @Test("is not drawn where runs of another d differ in more than d, or are not completed")
    func none() throws {
        #expect(
            try figures([
                Runs.run(Runs.paper(d: 16)), Runs.run(Settings(d: 4, lambda: 4.9, dataset: .cifar10)),
                Runs.run(Runs.paper(d: 8), state: .paused, epoch: 7), Runs.run(Runs.paper(.mlp)),
            ]).isEmpty)
    }
}
