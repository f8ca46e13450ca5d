import ArgumentParser
import Lab

/// The runs that a command names.
struct RunArguments: ParsableArguments {
    @OptionGroup var lab: LabOption

    @Argument(help: "Ids of runs, or unambiguous beginnings of them.")
    var runs: [String]

    /// Carries out `command` on all the runs, or on none, and prints a line for each. `check` refuses what makes no sense.
    func carryOut(_ command: RunCommand, check: (Lab, [RunSummary]) throws -> Void = { _, _ in }) throws {
        try reporting {
            let lab = try lab.open()
            let ids = try runs.map { try lab.run(named: $0) }
            try check(lab, try lab.runs(RunFilter(ids: ids)))
            for (id, transition) in try lab.command(command, runs: ids) {
                let outcome =
                    switch transition {
                    case .to(let state): state.rawValue
                    case .ask(let request): "will \(request.rawValue) at the next batch"
                    case .stays, .refused: "nothing to do"
                    }
                Terminal.output.line("\(id.printable)  \(outcome)")
            }
        }
    }
}

struct Cancel: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take runs out of the queue; a running one stops with a checkpoint.")
    @OptionGroup var arguments: RunArguments
    func run() throws { try arguments.carryOut(.cancel) }
}

struct Pause: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Hold runs back; a running one stops with a checkpoint.")
    @OptionGroup var arguments: RunArguments
    func run() throws { try arguments.carryOut(.pause) }
}

struct Resume: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Queue paused runs again; they go on from their checkpoints.")
    @OptionGroup var arguments: RunArguments
    func run() throws { try arguments.carryOut(.resume) }
}

struct Retry: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Queue failed, diverged or cancelled runs again; they go on from their checkpoints.",
        discussion: "A completed run whose weights were lost can be retried too: it is trained to the same bits.")
    @OptionGroup var arguments: RunArguments

    func run() throws {
        try arguments.carryOut(.retry) { lab, runs in
            let examination = CheckpointExamination(lab: lab)
            for run in runs where run.state == .completed {
                if try examination.hasWeights(of: run) {
                    throw LabError.refused(run: run.id, state: run.state, event: "retry")
                }
            }
        }
    }
}
