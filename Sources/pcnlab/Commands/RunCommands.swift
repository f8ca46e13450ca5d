import ArgumentParser
import Lab

/// The runs that a command changes, and whether it asks first.
struct RunArguments: ParsableArguments {
    @OptionGroup var lab: LabOption
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

    /// The selected runs, and a lab in which no run has a dead worker: such a run would never react to a request.
    func open() throws -> (lab: Lab, runs: [RunSummary]) {
        let lab = try lab.open()
        let runs = try selection.some(lab)
        if try LabMaintenance(lab).run() == 0 { return (lab, runs) }
        return (lab, try selection.some(lab))
    }

    /// Applies `command` to the runs and prints a line for each that it changes. Named runs: to all or, if one refuses it, to none.
    /// Selected runs: to those that do not refuse it, after a question where there is more than one.
    /// - Parameter refusal: why a run refuses the command for another reason than its state; nil if it does not.
    func carryOut(_ command: RunCommand, refusal: (Lab, RunSummary) throws -> LabError? = { _, _ in nil }) throws {
        try reporting {
            let (lab, selected) = try open()
            var refusals: [LabError] = [], accepting: [RunSummary] = []
            for run in selected {
                if let error = try lab.refusal(of: command, run) ?? refusal(lab, run) {
                    refusals.append(error)
                } else {
                    accepting.append(run)
                }
            }
            if areNamed, let first = refusals.first { throw first }
            let lines = RunLines(accepting)
            if confirmation.dryRun {
                for run in accepting { Terminal.output.line(lines.line(run, "would be asked to \(command.rawValue)")) }
                return Terminal.error.line(summary(accepting.count, refusals.count, command, "nothing is changed"))
            }
            if !areNamed, accepting.count > 1 {
                try confirmation.ask(
                    "\(command.rawValue) \(Format.count(accepting.count, "run")) (\(RunLines.states(accepting)))")
            }
            let transitions = Dictionary(
                try lab.command(command, runs: accepting.map(\.id), skippingRefusals: !areNamed).map { ($0.id, $0.transition) },
                uniquingKeysWith: { first, _ in first })
            for run in accepting {
                guard let transition = transitions[run.id] else { continue }
                Terminal.output.line(lines.line(run, Self.outcome(transition)))
            }
            if !areNamed, accepting.count != 1 || !refusals.isEmpty {
                Terminal.error.line(summary(accepting.count, refusals.count, command, nil))
            }
        }
    }

    private static func outcome(_ transition: Transition) -> String {
        switch transition {
        case .to(let state): state.rawValue
        case .ask(let request): "will \(request.rawValue) at the next batch"
        case .withdraw: "goes on"
        case .stays, .refused: "nothing to do"
        }
    }

    /// "3 runs; 2 others cannot be cancelled in their state"
    private func summary(_ accepting: Int, _ refusing: Int, _ command: RunCommand, _ remark: String?) -> String {
        var text = Format.count(accepting, "run")
        if refusing > 0 {
            text += "; \(refusing.grouped) \(refusing == 1 ? "other refuses" : "others refuse") to \(command.rawValue)"
        }
        return text + (remark.map { "; \($0)" } ?? "")
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

    func run() throws {
        try arguments.carryOut(.retry) { lab, run in
            guard run.state == .completed, try CheckpointExamination(lab: lab).hasWeights(of: run) else { return nil }
            return LabError.refused(run: run.id, state: run.state, event: "retry")
        }
    }
}
