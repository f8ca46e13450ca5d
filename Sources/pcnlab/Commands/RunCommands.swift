import ArgumentParser
import Lab
import Operations

/// The runs that a command changes, and whether it asks first.
struct RunArguments: ParsableArguments {
    @OptionGroup var lab: LabPlace
    @OptionGroup var selection: RunSelection
    @OptionGroup var confirmation: Confirmation

    @Flag(help: "All runs of the lab.")
    var all = false

    func validate() throws {
        if selection.isEmpty, !all {
            throw ValidationError(
                "give runs, or select them: --experiment, --state, --tag, --dataset, --model, --where, or --all")
        }
        if all, !selection.isEmpty { throw ValidationError("--all selects every run; leave the other criteria out") }
    }

    /// Whether the runs are all named by their ids.
    var areNamed: Bool { !selection.runs.isEmpty && selection.criteria.isEmpty }

    /// Carries an action out on the runs and prints a line for each that it changes. Named runs: on all or, if one refuses it, on none.
    /// Selected runs: on those that do not refuse it, after a question where there is more than one.
    func carryOut(_ action: RunAction) throws {
        try reporting {
            let lab = try lab.open()
            let request = ActionRequest(action, selector, isDryRun: confirmation.dryRun)
            let plan = try lab.plan(request)
            if areNamed, let error = plan.unreadable.first { throw error }
            plan.unreadable.warn()
            if !selection.runs.isEmpty, plan.runs.isEmpty, plan.refusing == 0 { throw RunSelection.nothingNamed }
            let lines = RunLines(plan.runs)
            let isQuestion = action == .remove || (!areNamed && plan.runs.count > 1)
            if plan.runs.isEmpty, action == .remove { return Terminal.error.line("no runs are selected") }
            if !confirmation.dryRun, isQuestion { try confirmation.ask(question(action, plan.runs)) }
            let result = try lab.perform(request, plan)
            let runs = Dictionary(plan.runs.map { ($0.id, $0) }) { first, _ in first }
            for line in result.runs {
                // Who names a run knows which it is.
                guard !areNamed, let run = runs[line.id] else {
                    Terminal.output.line("\(line.id)  \(line.outcome)".printable)
                    continue
                }
                Terminal.output.line(lines.line(run, line.outcome))
            }
            if let summary = summary(action, result, plan.refusing) { Terminal.error.line(summary) }
        }
    }

    private var selector: RunSelector {
        var selector = selection.selector
        selector.all = all
        return selector
    }

    private func question(_ action: RunAction, _ runs: [RunSummary]) -> String {
        guard action == .remove else {
            return "\(action.rawValue) \(Format.count(runs.count, "run")) (\(RunLines.states(runs)))"
        }
        let experiment = selection.criteria.experiment
        let removing = runs.filter { experiment == nil || $0.experiments.count < 2 }, leaving = runs.count - removing.count
        var question = "remove \(Format.count(removing.count, "run")) for good"
        if !removing.isEmpty { question += " (\(RunLines.states(removing)))" }
        if leaving > 0 { question += ", and take \(leaving.grouped) out of \(experiment ?? "")" }
        return question
    }

    /// "3 runs; 2 others refuse to pause"; nil where the lines say all.
    private func summary(_ action: RunAction, _ result: ActionResult, _ refusing: Int) -> String? {
        let count = Format.count(result.runs.count, "run")
        if confirmation.dryRun { return others(count, refusing, action) + "; nothing is changed" }
        if action == .remove {
            let removed = result.runs.count { $0.outcome == "removed" }, left = result.runs.count - removed
            let stay =
                left == 0 ? "" : "; \(Format.count(left, "run")) left \(selection.criteria.experiment ?? "") and stay in others"
            return "\(Format.count(removed, "run")) removed, \(Format.bytes(result.bytes)) of checkpoints" + stay
        }
        return areNamed || (result.runs.count == 1 && refusing == 0) ? nil : others(count, refusing, action)
    }

    private func others(_ count: String, _ refusing: Int, _ action: RunAction) -> String {
        refusing == 0
            ? count : count + "; \(refusing.grouped) \(refusing == 1 ? "other refuses" : "others refuse") to \(action.rawValue)"
    }
}

struct Cancel: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Remove runs from the queue. A running one stops with a checkpoint.",
        discussion: "A run that was completed before it was extended is completed again, at its old length.")
    @OptionGroup var arguments: RunArguments
    func run() throws { try arguments.carryOut(.cancel) }
}

struct Pause: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Pause runs. A running one stops with a checkpoint.")
    @OptionGroup var arguments: RunArguments
    func run() throws { try arguments.carryOut(.pause) }
}

struct Resume: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Queue paused runs again. They continue from their checkpoints.",
        discussion: "A running run that was asked to pause or to cancel goes on.")
    @OptionGroup var arguments: RunArguments
    func run() throws { try arguments.carryOut(.resume) }
}

struct Retry: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Queue failed, diverged or cancelled runs again. They continue from their checkpoints.",
        discussion: """
            A completed run whose weights are lost can be retried too. It is trained again to the same bits. A running run that was \
            asked to pause or to cancel goes on. A queued run that waits after an error starts without a delay.
            """)
    @OptionGroup var arguments: RunArguments

    func run() throws { try arguments.carryOut(.retry) }
}
