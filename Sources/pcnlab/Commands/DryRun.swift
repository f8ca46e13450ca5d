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
        let total = Format.duration(runs.reduce(0) { $0 + $1.seconds })
        let count = Format.count(runs.count, "run")
        Terminal.error.line("\(count), about \(total) on \(machine), one at a time; nothing was queued")
    }
}
