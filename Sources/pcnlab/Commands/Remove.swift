import ArgumentParser
import Operations

struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Remove runs from the lab, with their curves, checkpoints and logs. This cannot be undone.",
        discussion: """
            With --experiment, a run that another experiment holds too only leaves this one. A running run is stopped, without a \
            checkpoint. A removed run can be submitted again, and is trained anew to the same bits.
            """)
    @OptionGroup var arguments: RunArguments

    func run() throws { try arguments.carryOut(.remove) }
}
