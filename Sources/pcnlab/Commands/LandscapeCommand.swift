import ArgumentParser
import Foundation
import Operations
import Reports
import Specs

struct LandscapeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "landscape",
        abstract: "Show how the loss is distributed over random weights W and F(D) (Figure 4, §6.5).",
        discussion: """
            Takes the networks that a spec describes, initialises their weights repeatedly as for training (§4.4), and evaluates each \
            network on one batch, the first batch of a training with the spec's seed. Dense weights W are always included. F(D) and \
            UVᵀ are included if a run of the spec has them, and a second time with the weights of every linear layer shuffled, which \
            removes only their structure. Settings that only concern training are ignored.

            Losses are a pure function of the spec, the data and the number of the sample, and are not stored in the lab. \
            --format csv or json writes all of them.
            """)

    @Argument(help: "A JSON spec, as for submit; nothing is queued.", completion: .file(extensions: ["json"]))
    var spec: String

    @Option(help: "Networks for each way to make weights.")
    var samples = 200

    @Option(help: "Threads (default: all cores).")
    var threads = ParallelCount.allCores

    @Option(help: "The output format.")
    var format: LandscapeFormat?

    @Flag(help: "Print JSON; the same as --format json.")
    var json = false

    @Option(
        help: ArgumentHelp("Draw the histograms: DIR/ARCHITECTURE-DATASET-sSEED-landscape.svg.", valueName: "dir"),
        completion: .directory)
    var plots: String?

    @Option(help: "Write to a file instead of the standard output.", completion: .file())
    var output: String?

    func validate() throws {
        if json, let format, format.name != LandscapeFormat.json.name {
            throw ValidationError("give --json or --format, not both")
        }
        if samples < 1 || samples > 1_000_000 { throw ValidationError("--samples is \(samples); give 1 to 1000000") }
    }

    func run() throws {
        try reporting {
            let experiment = try readSpec(spec)
            let bar = PercentLine()
            let landscapes = try LandscapeSampling(samples: samples, threads: threads.value)
                .landscapes(experiment.runs, progress: bar.show)
            bar.end()
            let text = try (format ?? (json ? .json : .text)).render(landscapes)
            if let output { try write(text, to: given(output)) } else { Terminal.output.write(text) }
            if let plots { try writePlots(landscapes, given(plots, isFolder: true)) }
        }
    }

    private func writePlots(_ landscapes: [Landscape], _ folder: URL) throws {
        var names: [String: Int] = [:]
        for landscape in landscapes {
            // Landscapes of one data set and seed may differ in widths, batch or inputs.
            let count = names[landscape.name, default: 0] + 1
            names[landscape.name] = count
            let name = landscape.name + (count == 1 ? "" : "-\(count)") + "-landscape.svg"
            try write(landscape.figure.svg, to: folder.appending(path: name))
        }
        Terminal.error.line("\(Format.count(landscapes.count, "plot")) in \(folder.relativePath)")
    }
}

/// A percentage that is redrawn in a terminal.
private final class PercentLine {
    private var last = -1

    func show(_ fraction: Double) {
        let percent = Int(fraction * 100)
        guard Terminal.error.isTerminal, percent != last else { return }
        last = percent
        Terminal.error.write("\r\(percent) %\u{1B}[K")
    }

    func end() { if last >= 0 { Terminal.error.write("\r\u{1B}[K") } }
}
