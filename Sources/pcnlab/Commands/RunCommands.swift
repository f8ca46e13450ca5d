import ArgumentParser
import Lab

/// The runs that are given to a command.
struct RunArguments: ParsableArguments {
    @OptionGroup var lab: LabOption

    @Argument(help: "Ids of runs, or unambiguous prefixes of them.")
    var runs: [String]

    /// Applies `command` to all the runs, or to none, and prints a line for each. `check` throws where it makes no sense.
    func carryOut(_ command: RunCommand, check: (Lab, _ ids: [String]) throws -> Void = { _, _ in }) throws {
        try reporting {
            let lab = try lab.open()
            let ids = try runs.map { try lab.run(named: $0) }
            // A run whose worker is dead would never react to a request.
            try LabMaintenance(lab).run()
            try check(lab, ids)
            for (id, transition) in try lab.command(command, runs: ids) {
                let outcome =
                    switch transition {
                    case .to(let state): state.rawValue
                    case .ask(let request): "will \(request.rawValue) at the next batch"
                    case .withdraw: "goes on"
                    case .stays, .refused: "nothing to do"
                    }
                Terminal.output.line("\(id.printable)  \(outcome)")
            }
        }
    }
}

struct Cancel: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Remove runs from the queue. A running one stops with a checkpoint.")
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
        try arguments.carryOut(.retry) { lab, ids in
            let completed = try lab.listing(RunFilter(state: .completed, ids: ids)).runs
            if let run = try completed.first(where: CheckpointExamination(lab: lab).hasWeights) {
                throw LabError.refused(run: run.id, state: run.state, event: "retry")
            }
        }
    }
}
