import Foundation
import Operations
import Specs

extension Submit {
    func printDryRun() throws {
        let (runs, machine) = try estimate()
        if json { return Terminal.output.line(try JSONOutput.text(runs)) }
        var table = TextTable([
            .left("model"), .left("dataset"), .right("seed"), .right("epochs"), .right("linear"), .right("as in the paper"),
            .right("convolutions"),
            .right("multiply-adds/epoch"), .right("per epoch"), .right("time"), .left("settings unlike the paper's"),
        ])
        for run in runs {
            table.add([
                .init(run.model), .init(run.dataset), .init("\(run.settings.seed)"), .init("\(run.settings.epochs)"),
                .init(run.linearParameters.grouped), .init(run.paperLinearParameters.grouped),
                .init(run.convolutionParameters == 0 ? "" : run.convolutionParameters.grouped),
                .init(String(format: "%.3g", Double(run.multiplyAddsPerEpoch))),
                .init(Format.duration(run.secondsPerEpoch)),
                .init(Format.duration(run.seconds)), .init(run.settings.deviationsFromPaper.map(\.text).joined(separator: ", ")),
            ])
        }
        for line in table.lines(for: .output) { Terminal.output.line(line) }
        // A search trains most of its runs to a rung only.
        let searches = try searches().map { SearchCost($0, $1, runs) }
        let searched = Set(searches.map(\.name))
        let plain = runs.filter { !searched.contains($0.experiment) }.reduce(0) { $0 + $1.seconds }
        let total = Format.duration(searches.reduce(plain) { $0 + $1.seconds })
        for search in searches { for line in search.lines { Terminal.error.line(line.printable) } }
        let count = Format.count(runs.count, "run")
        Terminal.error.line("\(count), about \(total) on \(machine), one at a time; nothing was queued")
    }
}

/// What a search costs, rung by rung.
private struct SearchCost {
    let name: String
    private let stages: [(epochs: Int, trials: Int, seconds: Double)]
    private let parameters: ClosedRange<Int>

    init(_ name: String, _ search: Search, _ runs: [DryRun]) {
        self.name = name
        let trials = runs.filter { $0.experiment == name }
        let ends = (search.halving?.rungs ?? []) + [trials.first?.settings.epochs ?? 0]
        let sizes = search.halving?.sizes(of: trials.count) ?? [trials.count]
        // Which trials go on is not known: those of a rung are taken for average ones.
        let epoch = trials.map(\.secondsPerEpoch).reduce(0, +) / Double(max(1, trials.count))
        stages = ends.indices.map { stage in
            let epochs = ends[stage] - (stage == 0 ? 0 : ends[stage - 1])
            return (ends[stage], sizes[stage], epoch * Double(epochs * sizes[stage]))
        }
        let counts = trials.map(\.linearParameters)
        parameters = (counts.min() ?? 0)...(counts.max() ?? 0)
    }

    var seconds: Double { stages.reduce(0) { $0 + $1.seconds } }

    var lines: [String] {
        let cores = Double(ProcessInfo.processInfo.activeProcessorCount)
        return stages.map { stage in
            "\(name): \(Format.count(stage.trials, "trial")) to epoch \(stage.epochs), about \(Format.duration(stage.seconds))"
        } + [
            "\(name): \(String(format: "%.1f", seconds * cores / 3600)) core-hours in all; "
                + "\(parameters.lowerBound.grouped) to \(parameters.upperBound.grouped) linear parameters"
        ]
    }
}
