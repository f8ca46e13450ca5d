import ArgumentParser
import Lab
import Operations

struct SetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Give runs a priority, tags or a note. Results do not depend on them.")
    @OptionGroup var arguments: RunArguments

    @Option(parsing: .unconditional, help: "Runs of a higher priority are trained first.")
    var priority: Int?

    @Option(name: .customLong("add-tag"), help: "A tag to add; may be given more than once.")
    var addedTags: [String] = []

    @Option(name: .customLong("remove-tag"), help: "A tag to remove; may be given more than once.")
    var removedTags: [String] = []

    @Option(help: "A note, which `status RUN` shows; an empty one removes it.")
    var note: String?

    private var changes: RunChanges {
        RunChanges(priority: priority, addedTags: addedTags, removedTags: removedTags, note: note)
    }

    func validate() throws {
        if changes.isEmpty { throw ValidationError("give what to set: --priority, --add-tag, --remove-tag or --note") }
        if let fault = changes.fault { throw ValidationError(fault) }
    }

    func run() throws {
        try reporting {
            let lab = try arguments.lab.open(), runs = try arguments.selection.some(lab)
            let lines = RunLines(runs), text = changes.description
            if !arguments.confirmation.dryRun {
                if !arguments.areNamed, runs.count > 1 { try arguments.confirmation.ask("set \(text) of \(runs.count) runs") }
                try lab.change(changes, runs: runs.map(\.id))
            }
            for run in runs { Terminal.output.line(lines.line(run, text)) }
            if arguments.confirmation.dryRun { Terminal.error.line("\(Format.count(runs.count, "run")); nothing is changed") }
        }
    }
}
