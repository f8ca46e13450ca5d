import ArgumentParser
import Lab

struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Remove runs from the lab, with their curves, checkpoints and logs. This cannot be undone.",
        discussion: """
            With --experiment, a run that another experiment holds too only leaves this one. A running run is stopped, without a \
            checkpoint. A removed run can be submitted again, and is trained anew to the same bits.
            """)
    @OptionGroup var arguments: RunArguments

    func run() throws {
        try reporting {
            let (lab, runs) = try arguments.open()
            let experiment = arguments.selection.criteria.experiment
            let isShared = { (run: RunSummary) in experiment != nil && run.experiments.count > 1 }
            let lines = RunLines(runs), leaving = runs.count(where: isShared)
            if arguments.confirmation.dryRun {
                for run in runs {
                    let what = isShared(run) ? "would leave \(experiment ?? "")" : "\(run.state.rawValue), would be removed"
                    Terminal.output.line(lines.line(run, what))
                }
                return Terminal.error.line("\(Format.count(runs.count, "run")); nothing is changed")
            }
            if runs.isEmpty { return Terminal.error.line("no runs are selected") }
            let removing = runs.filter { !isShared($0) }
            var question = "remove \(Format.count(removing.count, "run")) for good"
            if !removing.isEmpty { question += " (\(RunLines.states(removing)))" }
            if leaving > 0 { question += ", and take \(leaving.grouped) out of \(experiment ?? "")" }
            try arguments.confirmation.ask(question)
            let done = try lab.remove(runs: runs.map(\.id), from: experiment)
            let byID = Dictionary(uniqueKeysWithValues: runs.map { ($0.id, $0) })
            for run in done.removed.compactMap({ byID[$0] }) { Terminal.output.line(lines.line(run, "removed")) }
            for run in done.left.compactMap({ byID[$0] }) { Terminal.output.line(lines.line(run, "left \(experiment ?? "")")) }
            lab.settle()
            var summary = "\(Format.count(done.removed.count, "run")) removed, \(Format.bytes(done.bytes)) of checkpoints"
            if !done.left.isEmpty {
                summary += "; \(Format.count(done.left.count, "run")) left \(experiment ?? "") and stay in others"
            }
            Terminal.error.line(summary)
        }
    }
}
