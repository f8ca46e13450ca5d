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

    /// What selects the runs in the lab. Throws for a run or an experiment that is not there.
    func filter(_ lab: Lab) throws -> RunFilter { try criteria.filter(lab, runs: runs) }

    /// The same as a request says it.
    var selector: RunSelector {
        RunSelector(
            ids: runs.isEmpty ? nil : runs, experiment: criteria.experiment, state: criteria.states, tag: criteria.tags,
            dataset: criteria.datasets, model: criteria.models, where: criteria.conditions.map(\.text))
    }

    /// The selected runs, with a warning for those that cannot be read. Throws where nothing is selected, for commands that make no sense
    /// without a run.
    func some(_ lab: Lab) throws -> [RunSummary] {
        let filter = try filter(lab)
        let selected = runs.isEmpty ? try lab.readableRuns(filter) : try lab.runs(filter)
        if selected.isEmpty, !runs.isEmpty { throw Failure("none of the named runs is among those selected", Exit.usage) }
        return selected
    }
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

    func filter(_ lab: Lab, runs: [String] = []) throws -> RunFilter {
        let ids = try runs.isEmpty ? nil : runs.map { try lab.run(named: $0) }
        // Own data is named as tables name it, by its label, or by its path.
        let own = datasets.isEmpty ? [] : try lab.ownDatasets().filter { datasets.contains(DatasetName.label(ofName: $0)) }
        var filter = RunFilter(
            experiment: experiment, ids: ids, tags: tags, datasets: datasets + own, models: models, conditions: conditions)
        filter.states = states
        return filter
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
