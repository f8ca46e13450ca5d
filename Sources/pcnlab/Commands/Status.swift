import ArgumentParser
import Foundation
import Lab
import Operations
import Reports
import Specs

struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the queue, or all that is known of a run.")

    @OptionGroup var lab: LabPlace

    @OptionGroup var selected: RunSelection

    @Flag(help: "List every run, not only the first \(Self.screen).")
    var all = false

    @Flag(help: "Update every second until Ctrl-C.")
    var watch = false

    @Flag(help: "Print JSON.")
    var json = false

    /// The number of runs that a listing shows without --all.
    private static let screen = 100

    private var runs: [String] { selected.runs }
    private var experiment: String? { selected.criteria.experiment }

    func run() throws {
        try reporting {
            let lab = try lab.open()
            if !watch { return Terminal.output.write(try text(lab)) }
            if Terminal.output.isTerminal, !json { return try show(lab) }
            while Terminal.output.failure == nil {
                Terminal.output.write(try text(lab))
                Thread.sleep(forTimeInterval: 1)
            }
        }
    }

    /// What is shown: all that was selected, or the part of most interest.
    private func selection(_ lab: any LabAccess, limit: Int?) throws -> StatusTable {
        let selector = selected.selector
        let counts = try lab.stateCounts(selector)
        // A lab that fits stays in order of submission.
        let fits = !watch && counts.values.reduce(0, +) <= limit ?? .max
        let found = try lab.listing(selector, limit: fits ? nil : limit)
        if !runs.isEmpty, let error = found.unreadable.first { throw error }
        let shown = watch ? found.runs : found.readable()
        var table = StatusTable(runs: shown, counts: counts, abandoned: found.abandoned, experiment: experiment)
        if let experiment, runs.isEmpty {
            table.rungs = try lab.search(experiment).map { SearchReport($0).progress }
        }
        return table
    }

    private func text(_ lab: any LabAccess) throws -> String {
        var table = try selection(lab, limit: all || json || !runs.isEmpty ? nil : Self.screen)
        if json {
            return try JSONOutput.text(
                table.runs.map { RunStatus($0, experiment: experiment, abandoned: table.abandoned[$0.id]) }) + "\n"
        }
        if runs.isEmpty, selected.isEmpty, let disk = try? lab.diskUse(), disk.checkpoints > 0 { table.disk = disk }
        return runs.isEmpty ? table.lines().joined(separator: "\n") + "\n" : try details(lab, table)
    }

    private func details(_ lab: any LabAccess, _ table: StatusTable) throws -> String {
        try table.runs.map { try RunDetails(lab, $0, abandoned: table.abandoned[$0.id]).text }.joined(separator: "\n")
    }

    /// Redraws the terminal's window. While a service is away, its last answer stays.
    private func show(_ lab: any LabAccess) throws {
        var last: [String] = []
        try LiveScreen.show(on: .output) { rows, columns in
            do {
                last = try window(lab, rows, columns)
            } catch let failure as Failure where failure.status == .unavailable && !last.isEmpty {
                return last.prefix(max(1, rows - 1)) + [Colour.yellow.paint(failure.message.printable, on: .output)]
            }
            return last
        }
    }

    /// What of it fits a terminal's window.
    private func window(_ lab: any LabAccess, _ rows: Int, _ columns: Int) throws -> [String] {
        let table = try selection(lab, limit: runs.isEmpty ? rows : nil)
        if runs.isEmpty { return table.lines(rows: rows, columns: columns) }
        return try details(lab, table).split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }
}

extension RunState: ExpressibleByArgument {
    var colour: Colour? {
        switch self {
        case .queued, .waiting, .pruned: .dim
        case .running: .blue
        case .completed: .green
        case .failed, .diverged: .red
        case .cancelled, .paused: .yellow
        }
    }
}
