import Foundation
import Specs
import Tensors

/// A run's parameter counts, work and estimated time, for `submit --dry-run`.
struct DryRun: Encodable {
    let experiment: String
    let model: String
    let dataset: String
    let settings: Settings
    let linearParameters: Int
    let paperLinearParameters: Int
    let convolutionParameters: Int
    let multiplyAddsPerEpoch: Int
    let secondsPerEpoch: Double
    let seconds: Double

    /// Fraction of the products' rate that a step is expected to reach.
    private static let expectedRatio = 0.9

    /// - Parameter operationsPerSecond: rate of products on this machine, with all threads.
    init(_ experiment: String, _ settings: Settings, operationsPerSecond: Double) {
        self.experiment = experiment
        self.settings = settings
        (model, dataset) = (settings.model, settings.dataset.label)
        (linearParameters, paperLinearParameters) = (settings.linearParameters, settings.paperLinearParameters)
        convolutionParameters = settings.convolutionParameters
        multiplyAddsPerEpoch = settings.multiplyAddsPerEpoch.total
        // The evaluation of a test image takes a third of the work of a training image.
        let evaluation = settings.multiplyAddsPerEpoch.products / 3 / settings.trainImages * settings.testImages
        secondsPerEpoch = 2 * Double(multiplyAddsPerEpoch + evaluation) / (operationsPerSecond * Self.expectedRatio)
        seconds = secondsPerEpoch * Double(settings.epochs)
    }
}

extension Submit {
    func printDryRun(_ experiments: [Experiment]) throws {
        let rate = Workers(threads: ProcessInfo.processInfo.activeProcessorCount).measuredRate()
        let runs = experiments.flatMap { experiment in
            experiment.runs.map { DryRun(experiment.name, $0, operationsPerSecond: rate) }
        }
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
        Terminal.error.line("\(count), about \(total) on this machine, one at a time; nothing was queued")
    }
}
