import ArgumentParser
import Foundation
import Lab
import Operations
import Specs

/// The runs that a command is given: by id, or by what they have in common. All of the criteria must hold; of an option that is given
/// several times any value, but of `--where` all.
struct RunSelection: ParsableArguments {
    @Argument(help: "Ids of runs, or unambiguous prefixes of them.")
    var runs: [String] = []

    @OptionGroup(title: "SELECTION") var criteria: RunCriteria

    var isEmpty: Bool { runs.isEmpty && criteria.isEmpty }

    /// What selects the runs in a lab.
    var selector: RunSelector {
        var selector = criteria.selector
        selector.ids = runs.isEmpty ? nil : runs
        return selector
    }

    /// The selected runs, with a warning for those that cannot be read. Throws where nothing is selected, for commands that make no sense
    /// without a run.
    func some(_ lab: any LabAccess) throws -> [RunSummary] {
        let selected =
            runs.isEmpty ? try lab.listing(selector, limit: nil).readable() : try lab.runs(selectedBy: selector)
        if selected.isEmpty, !runs.isEmpty { throw Self.nothingNamed }
        return selected
    }

    /// Runs were named, and other criteria leave none of them.
    static var nothingNamed: Failure { Failure("none of the named runs is among those selected", Exit.usage) }
}

/// What runs have in common.
struct RunCriteria: ParsableArguments {
    @Option(help: "Runs of this experiment.")
    var experiment: String?

    @Option(name: .customLong("state"), help: "Runs in this state: \(RunState.allCases.map(\.rawValue).joined(separator: ", ")).")
    var states: [RunState] = []

    @Option(name: .customLong("tag"), help: "Runs with this tag.")
    var tags: [String] = []

    @Option(name: .customLong("dataset"), help: "Runs on this data set.")
    var datasets: [String] = []

    @Option(name: .customLong("model"), help: "Runs of this model, such as LinearNet-PCN16.")
    var models: [String] = []

    @Option(
        name: .customLong("where"),
        help: ArgumentHelp(
            "Runs with such a setting: epsilon=0.1, 'd>=16', schedule!=cosine; several conditions must all hold.",
            valueName: "condition"),
        transform: { try SettingCondition($0) })
    var conditions: [SettingCondition] = []

    var isEmpty: Bool {
        experiment == nil && states.isEmpty && tags.isEmpty && datasets.isEmpty && models.isEmpty && conditions.isEmpty
    }

    /// The same as a request says it.
    var selector: RunSelector {
        RunSelector(
            experiment: experiment, state: states, tag: tags, dataset: datasets, model: models, where: conditions.map(\.text))
    }
}

/// A question before several runs are changed.
struct Confirmation: ParsableArguments {
    @Flag(help: "Change several runs without asking.")
    var yes = false

    @Flag(help: "Change nothing; list what would be changed.")
    var dryRun = false

    /// Returns if the person agrees: on a terminal after a question, elsewhere only with --yes. Throws exit code 64 otherwise.
    /// - Parameter question: what is about to be done, without a question mark.
    func ask(_ question: String) throws {
        if yes { return }
        guard isatty(STDIN_FILENO) == 1, Terminal.error.isTerminal else {
            throw Failure("\(question): nothing is changed without --yes; --dry-run lists them", Exit.usage)
        }
        Terminal.error.write("\(question)? [y/N] ".printable)
        let answer = (readLine() ?? "").trimmingCharacters(in: .whitespaces).lowercased()
        guard answer.hasPrefix("y") else { throw Failure("nothing is changed", Exit.usage) }
    }
}
