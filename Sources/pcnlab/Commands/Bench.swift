import ArgumentParser
import Foundation
import Operations
import Specs
import Tensors
import Training

struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Time training steps beside the machine's own sgemm, in one run.",
        discussion: "Figures are medians. Nothing else should run on the machine meanwhile.")

    @Option(help: "The network: \(Architecture.all.filter { !$0.readsGraph }.map(\.name).joined(separator: ", ")).")
    var architecture = Architecture.linearnet

    @Option(help: "Images of a step.")
    var batch = 1024

    @Option(help: "Threads of a step (default: all cores).")
    var threads = ParallelCount.allCores

    @Option(help: "Times that each step is measured.")
    var rounds = 9

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        if batch < 1 || batch > 65_536 { throw ValidationError("--batch is \(batch); give 1 to 65536") }
        if architecture.readsGraph {
            throw ValidationError(
                "--architecture is \(architecture.name), whose steps are over a graph; give one that reads images")
        }
        if rounds < 1 || rounds > 10_000 { throw ValidationError("--rounds is \(rounds); give 1 to 10000") }
    }

    func run() throws {
        try reporting {
            let benchmark = StepBenchmark(threads: threads.value, rounds: rounds)
            let linears: [(Linear, d: Int)] =
                architecture.features.isEmpty
                ? [(.mlp, 16), (.pcn, 4), (.pcn, 16), (.pcn, 32), (.lowRank, 16)]
                // With features, the linear part is a small part of a step.
                : [(.mlp, 16), (.pcn, 16)]
            let models = linears.map { linear, d in
                Settings(architecture: architecture, linear: linear, d: d, dataset: .cifar10, batchSize: batch)
            }
            let figures = models.map(benchmark.measure)
            if json { return Terminal.output.line(try JSONOutput.text(figures)) }
            let used = Format.count(threads.value, "thread")
            Terminal.output.line("BLAS kernel \(BLAS.kernel), \(used), batch \(batch), medians of \(rounds) rounds")
            if let variable = BLASEnvironment.override { Terminal.output.line(variable) }
            var table = TextTable([
                .left("step"), .right("ms"), .right("GFLOP/s"), .right("sgemm GFLOP/s"), .right("ratio"),
            ])
            for row in figures {
                table.add([
                    .init(row.model), .init(String(format: "%.1f", row.stepSeconds * 1000)),
                    .init(String(format: "%.0f", row.gigaflops)), .init(String(format: "%.0f", row.sgemmGigaflops)),
                    .init(String(format: "%.2f", row.ratio)),
                ])
            }
            for line in table.lines(for: .output) { Terminal.output.line(line) }
        }
    }
}

extension Architecture: ExpressibleByArgument {
    public init?(argument: String) {
        guard let architecture = Self.named(argument) else { return nil }
        self = architecture
    }
}
