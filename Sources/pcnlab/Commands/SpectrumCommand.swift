import ArgumentParser
import Datasets
import Foundation
import Lab
import Operations
import Reports
import Specs
import Training

struct SpectrumCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spectrum",
        abstract: "Draw how much of each layer's width a run uses: the variances of its inputs' principal components.",
        discussion: """
            Training images go through the network of the run's newest checkpoint, without augmentation. For each layer: how many numbers \
            it reads, how many components hold 99 % of their variance, the effective dimension (Σλ)²/Σλ², and the variances λ from \
            the largest to the smallest, on a logarithmic scale.
            """)

    @OptionGroup var lab: LabOption

    @Argument(help: ArgumentHelp("The run, by id or an unambiguous prefix of it.", valueName: "run"))
    var runName: String

    @Option(help: "Training images, or all if there are fewer.")
    var samples = Compression.standardSamples

    @Option(help: "Threads (default: all cores).")
    var threads = ParallelCount.allCores

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        if samples < 2 { throw ValidationError("--samples is \(samples); give 2 or more") }
    }

    func run() throws {
        try reporting {
            let lab = try lab.open()
            let run = try lab.runs(RunFilter(ids: [try lab.run(named: runName)]))[0]
            try checkMemory(run.settings)
            let weights = try WeightsOfRun(lab, run) { Terminal.error.line($0.printable) }
            let dataset = try DatasetCache(lab).dataset(run.settings.dataset, digest: run.datasetDigest)
            let spectra = try run.settings.spectra(
                weights.checkpoint, try TrainingData(dataset, for: run.settings), samples: samples, threads: threads.value)
            if json { return Terminal.output.line(try JSONOutput.text(spectra)) }
            for spectrum in spectra {
                for line in spectrum.lines(columns: max(8, min(60, Terminal.output.columns - 32))) { Terminal.output.line(line) }
            }
        }
    }
}

extension LayerSpectrum {
    /// A title and a small chart.
    func lines(columns: Int) -> [String] {
        var title = "\(layer)  \(inputs.grouped) inputs"
        if let kept { title += kept == 0 ? ", left as they are" : ", \(kept.grouped) components kept" }
        title +=
            ", 99 % of the variance in \(dimensionOf99Percent.grouped), effective dimension "
            + String(format: "%.1f", effectiveDimension)
        // Twelve orders below the largest is rounding.
        let least = (variances.first ?? 1) * 1e-12
        let powers = variances.map { log10(max($0, least, 1e-30)) }
        guard let chart = TerminalChart(powers, columns: columns, lines: 3) else { return [title] }
        let labels = [chart.range.upperBound, nil, chart.range.lowerBound].map {
            $0.map { String(format: "%.0e", pow(10, $0)) } ?? ""
        }
        return [title]
            + zip(labels, chart.lines).map { "  " + String(repeating: " ", count: max(0, 8 - $0.count)) + $0 + " " + $1 }
    }
}
