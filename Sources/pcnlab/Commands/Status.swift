import ArgumentParser
import Foundation
import Lab
import Specs

struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the queue, or all that is known of a run.")

    @OptionGroup var lab: LabOption

    @Argument(help: "Ids of runs, or unambiguous prefixes of them.")
    var runs: [String] = []

    @Option(help: "Only the runs of this experiment.")
    var experiment: String?

    @Option(help: "Only runs in this state: \(RunState.allCases.map(\.rawValue).joined(separator: ", ")).")
    var state: RunState?

    @Flag(help: "List every run, not only the first \(Self.screen).")
    var all = false

    @Flag(help: "Update every second until Ctrl-C.")
    var watch = false

    @Flag(help: "Print JSON.")
    var json = false

    /// The number of runs that a listing shows without --all.
    private static let screen = 100

    func run() throws {
        try reporting {
            let lab = try lab.open()
            if !watch { return Terminal.output.write(try text(lab)) }
            while true {
                let text = try text(lab)
                // Moves to the top, erases the rest of each line, and then everything below.
                let clearing = text.replacingOccurrences(of: "\n", with: "\u{1B}[K\n")
                Terminal.output.write(Terminal.output.isTerminal ? "\u{1B}[H" + clearing + "\u{1B}[J" : text)
                if Terminal.output.failure != nil { return }
                Thread.sleep(forTimeInterval: 1)
            }
        }
    }

    private func text(_ lab: Lab) throws -> String {
        let ids = try runs.isEmpty ? nil : runs.map { try lab.run(named: $0) }
        var filter = RunFilter(experiment: experiment, state: state, ids: ids)
        let counts = try lab.stateCounts(filter)
        if !all, !json, ids == nil { filter.limit = Self.screen }
        let summaries = ids == nil ? try lab.readableRuns(filter) : try lab.runs(filter)
        let abandoned = counts[.running] == nil ? [:] : try lab.abandonedRuns()
        if json { return try JSONOutput.text(summaries.map { RunStatus($0, abandoned: abandoned[$0.id]) }) + "\n" }
        if ids != nil {
            return try summaries.map { try RunDetails(lab, $0, abandoned: abandoned[$0.id]).text }.joined(separator: "\n")
        }
        return table(summaries, counts, abandoned)
    }

    private func table(_ runs: [RunSummary], _ counts: [RunState: Int], _ abandoned: [String: String]) -> String {
        if runs.isEmpty { return "no runs\n" }
        var table = TextTable([
            .left("run"), .left("experiment"), .left("model"), .left("dataset"), .right("seed"), .left("state"), .right("epoch"),
            .right("loss"), .right("train"), .right("test"), .right("s/epoch"), .right("left"),
        ])
        for run in runs {
            table.add([
                .init(String(run.id.prefix(8))), .init(run.experiments.first ?? ""), .init(run.model),
                .init(run.settings.dataset.name), .init("\(run.settings.seed)"), .init(run.state.rawValue, run.state.colour),
                .init("\(run.epoch)/\(run.epochs)"), .init(Format.loss(run.latest?.loss)),
                .init(Format.percent(run.latest?.trainAccuracy)), .init(Format.percent(run.latest?.testAccuracy)),
                .init(run.secondsPerEpoch.map { String(format: "%.2f", $0) } ?? "–"),
                .init(run.secondsLeft.map { Format.duration($0) } ?? ""),
            ])
        }
        var lines = table.lines(for: .output)
        let more = counts.values.reduce(0, +) - runs.count
        if more > 0 { lines.append("… and \(more.grouped) more; --all lists them, --experiment and --state choose") }
        lines.append("")
        lines.append(
            RunState.allCases.compactMap { state in counts[state].map { "\($0) \(state.rawValue)" } }.joined(separator: ", "))
        lines += RunErrors(runs).lines
        for run in runs where abandoned[run.id] != nil {
            lines.append(
                Colour.yellow.paint("\(run.id.prefix(8)): \(RunDetails.abandonment(abandoned[run.id] ?? ""))", on: .output))
        }
        for run in runs where !run.mixedArithmetics.isEmpty {
            lines.append("\(run.id.prefix(8)): \(RunDetails.mixture(run))")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension RunState: ExpressibleByArgument {
    var colour: Colour? {
        switch self {
        case .queued: .dim
        case .running: .blue
        case .completed: .green
        case .failed, .diverged: .red
        case .cancelled, .paused: .yellow
        }
    }
}
