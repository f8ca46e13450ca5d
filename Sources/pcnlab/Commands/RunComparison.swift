import Foundation
import Lab
import Operations
import Reports
import Specs

/// What `compare` shows of runs: a column for each, and their curves in one chart for each quantity.
struct RunComparison {
    /// A run in `compare --json`: what `status --json` has, and more.
    struct Row: Encodable {
        let run: RunSummary
        /// The settings in which the runs differ, by key; nil for one that the run does not have.
        let differing: [String: String?]
        let curve: [EpochRow]

        private enum Key: String, CodingKey { case differing, curve }
        private struct Epoch: Encodable {
            let epoch: Int
            let loss: Double
            let trainAccuracy: Double
            let testAccuracy: Double?
            let validationAccuracy: Double?
            let seconds: Double
        }

        func encode(to encoder: any Encoder) throws {
            try RunStatus(run, experiment: nil, abandoned: nil).encode(to: encoder)
            var object = encoder.container(keyedBy: Key.self)
            try object.encode(differing, forKey: .differing)
            let epochs = curve.map {
                Epoch(
                    epoch: $0.epoch, loss: $0.loss, trainAccuracy: $0.trainAccuracy, testAccuracy: $0.testAccuracy,
                    validationAccuracy: $0.validationAccuracy, seconds: $0.seconds)
            }
            try object.encode(epochs, forKey: .curve)
        }
    }

    let rows: [Row]
    private let varying: VaryingSettings
    private var runs: [RunSummary] { rows.map(\.run) }

    init(_ lab: Lab, _ runs: [RunSummary]) throws {
        let varying = VaryingSettings(runs.lazy.map(\.settings))
        self.varying = varying
        rows = try runs.map { run in
            Row(
                run: run, differing: Dictionary(uniqueKeysWithValues: zip(varying.keys, varying.values(run.settings))),
                curve: try lab.epochs(of: run.id))
        }
    }

    /// - Parameter columns: of the window. Runs that do not fit beside the others are in a table of their own below.
    func text(columns: Int) -> String {
        var lines: [String] = [], first = 0
        while first < rows.count {
            var count = 1
            while first + count < rows.count, fits(first..<first + count + 1, columns) { count += 1 }
            lines += table(first..<first + count).lines(for: .output) + [""]
            first += count
        }
        if let shared = varying.sentence(of: rows.count) { lines += [shared, ""] }
        return (lines + charts(columns)).joined(separator: "\n") + "\n"
    }

    private func fits(_ range: Range<Int>, _ columns: Int) -> Bool {
        table(range).lines(for: .output).allSatisfy { $0.terminalColumns <= columns }
    }

    private func table(_ range: Range<Int>) -> TextTable {
        let runs = self.runs[range]
        let heads = zip(range, runs).map { TextTable.Column.right("\(letter($0))  \($1.id.prefix(8))") }
        var table = TextTable([.left("run")] + heads)
        for (name, value) in properties {
            let cells = runs.map { run in
                let text = value(run)
                return TextTable.Cell(text, name == "state" ? run.state.colour : nil)
            }
            table.add([TextTable.Cell(name)] + cells)
        }
        return table
    }

    /// What is compared: names, and a text for each run.
    private var properties: [(name: String, value: (RunSummary) -> String)] {
        var properties: [(String, (RunSummary) -> String)] = [
            ("experiment", { $0.experiments.joined(separator: ", ") }), ("model", \.model),
            ("dataset", \.settings.dataset.label), ("seed", { "\($0.settings.seed)" }),
        ]
        if Set(runs.map { $0.settings.dataset.label + $0.datasetDigest }).count > Set(runs.map(\.settings.dataset.label)).count {
            properties.append(("data", { String($0.datasetDigest.prefix(8)) }))
        }
        for (index, title) in varying.titles.enumerated() {
            properties.append((title, { varying.values($0.settings)[index] ?? "–" }))
        }
        return properties
            + [
                ("state", \.state.rawValue), ("epoch", { "\($0.epoch)/\($0.epochs)" }),
                ("loss", { Format.loss($0.latest?.loss) }),
                ("train", { Format.percent($0.final?.trainAccuracy ?? $0.latest?.trainAccuracy) }),
                ("validation", { Format.percent($0.final?.validationAccuracy ?? $0.latest?.validationAccuracy) }),
                ("test", { Format.percent($0.final?.testAccuracy ?? $0.latest?.testAccuracy) }),
                ("linear parameters", \.settings.linearParameters.grouped),
                ("convolution parameters", \.settings.convolutionParameters.grouped),
                ("per epoch", { Format.duration($0.secondsPerEpoch) }),
            ].filter { name, _ in
                switch name {
                case "convolution parameters": runs.contains { $0.settings.convolutionParameters > 0 }
                case "validation": runs.contains { $0.latest?.validationAccuracy != nil }
                default: true
                }
            }
    }

    private func letter(_ index: Int) -> Character { TerminalOverlay.letters[index] }

    private func charts(_ columns: Int) -> [String] {
        let quantities: [(name: String, value: (EpochRow) -> Double, text: (Double) -> String)] = [
            ("loss", \.loss, { Format.loss($0) }), ("train accuracy", \.trainAccuracy, { Format.percent($0) }),
            ("validation accuracy", { $0.validationAccuracy ?? .nan }, { Format.percent($0) }),
            ("test accuracy", { $0.testAccuracy ?? .nan }, { Format.percent($0) }),
        ]
        let width = max(10, min(72, columns - 10))
        var lines: [String] = []
        for (name, value, text) in quantities {
            let curves = rows.enumerated().map { index, row in
                TerminalOverlay.Curve(letter(index), row.curve.map { ($0.epoch, value($0)) }.filter { !$0.1.isNaN })
            }
            guard let chart = TerminalOverlay(curves, columns: width, lines: 13) else { continue }
            let epochs = "epochs \(chart.range.lowerBound)–\(chart.range.upperBound)"
            lines.append(Colour.bold.paint(name, on: .output) + "  \(epochs)")
            for line in chart.lines {
                let label = line.value.map(text) ?? ""
                lines.append(String(repeating: " ", count: max(0, 8 - label.count)) + label + " " + line.letters)
            }
            lines.append("")
        }
        if lines.isEmpty { return ["no epoch is done yet"] }
        return Array(lines.dropLast())
    }
}
