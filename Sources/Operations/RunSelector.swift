import Lab
import Specs

/// The runs that a request is about, as the command line selects them: all given criteria must hold; of several values of one any, but of
/// `where` all.
package struct RunSelector: Codable, Sendable, Equatable {
    /// Ids of runs, or unambiguous prefixes.
    package var ids: [String]?
    package var experiment: String?
    package var state: [RunState]?
    package var tag: [String]?
    package var dataset: [String]?
    package var model: [String]?
    /// Conditions on settings, such as `epsilon=0.1`.
    package var `where`: [String]?
    /// Every run of the lab. Needed where nothing else is given and something is changed.
    package var all: Bool?

    package init(
        ids: [String]? = nil, experiment: String? = nil, state: [RunState]? = nil, tag: [String]? = nil, dataset: [String]? = nil,
        model: [String]? = nil, where conditions: [String]? = nil, all: Bool? = nil
    ) {
        (self.ids, self.experiment, self.state, self.tag) = (ids, experiment, state, tag)
        (self.dataset, self.model, self.where, self.all) = (dataset, model, conditions, all)
    }

    /// Whether it selects by nothing.
    package var isEmpty: Bool {
        experiment == nil && [ids, tag, dataset, model, self.where].allSatisfy { $0?.isEmpty ?? true } && state?.isEmpty ?? true
    }

    /// Whether the runs are all named by their ids.
    package var isByID: Bool {
        var rest = self
        rest.ids = nil
        return !(ids?.isEmpty ?? true) && rest.isEmpty
    }

    /// What selects the runs in the lab. Throws for a run or an experiment that is not there, and for a wrong condition.
    package func filter(_ lab: Lab) throws -> RunFilter {
        let named = try ids.flatMap { try $0.isEmpty ? nil : $0.map { try lab.run(named: $0) } }
        // Own data is named as tables name it, by its label, or by its path.
        let datasets = dataset ?? []
        let own = datasets.isEmpty ? [] : try lab.ownDatasets().filter { datasets.contains(DatasetName.label(ofName: $0)) }
        var filter = RunFilter(
            experiment: experiment, ids: named, tags: tag ?? [], datasets: datasets + own, models: model ?? [],
            conditions: try (self.where ?? []).map { text in
                do { return try SettingCondition(text) } catch { throw Failure("where: \(error)", status: .usage) }
            })
        filter.states = state ?? []
        return filter
    }
}
