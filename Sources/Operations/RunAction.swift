import Lab
import Specs

/// What a person asks runs to do.
package enum RunAction: String, Codable, Sendable, CaseIterable {
    case cancel, pause, resume, retry, remove

    /// Nil for `remove`, which is no command to a run.
    package var command: RunCommand? {
        switch self {
        case .cancel: .cancel
        case .pause: .pause
        case .resume: .resume
        case .retry: .retry
        case .remove: nil
        }
    }
}

/// The number of runs that an action would change is not the one that the person saw.
package struct UnexpectedCount: Error, CustomStringConvertible {
    package let expected: Int
    package let found: Int
    package var description: String {
        "\(found) \(found == 1 ? "run" : "runs") would be changed now, not \(expected): look again before you go on"
    }
}

/// An action on a selection of runs.
package struct ActionRequest: Codable, Sendable {
    package let action: RunAction
    package let selection: RunSelector
    /// The number of runs that the person expects to be changed; nil for any.
    package let expect: Int?
    /// Whether nothing is changed.
    package let isDryRun: Bool

    package init(_ action: RunAction, _ selection: RunSelector, expect: Int? = nil, isDryRun: Bool = false) {
        (self.action, self.selection, self.expect, self.isDryRun) = (action, selection, expect, isDryRun)
    }

    private enum CodingKeys: String, CodingKey {
        case action, expect
        case isDryRun = "dry_run"
    }

    /// The selection's fields stand beside the action.
    package init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: CodingKeys.self)
        action = try object.decode(RunAction.self, forKey: .action)
        expect = try object.decodeIfPresent(Int.self, forKey: .expect)
        isDryRun = try object.decodeIfPresent(Bool.self, forKey: .isDryRun) ?? false
        selection = try RunSelector(from: decoder)
    }

    package func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: CodingKeys.self)
        try object.encode(action, forKey: .action)
        try object.encodeIfPresent(expect, forKey: .expect)
        try object.encode(isDryRun, forKey: .isDryRun)
        try selection.encode(to: encoder)
    }
}

/// What an action did, or would do.
package struct ActionResult: Codable, Sendable {
    package struct Run: Codable, Sendable {
        package let id: String
        /// A state, or what the run will do: "will pause at the next batch".
        package let outcome: String
    }

    /// The runs that were changed.
    package var runs: [Run] = []
    /// Selected runs that refuse the action in their state.
    package var refused = 0
    /// Bytes of checkpoints that were removed.
    package var bytes: Int64 = 0
}

extension ActionRequest {
    /// What the action would do. Throws what a named run refuses.
    package func plan(_ lab: Lab) throws -> ActionPlan {
        if selection.isEmpty, selection.all != true {
            throw Failure("select runs by ids, experiment, state, tag, dataset, model or where, or give all", status: .usage)
        }
        // A run whose worker is dead would never react to a request.
        try LabMaintenance(lab).run()
        let (selected, errors, _) = try lab.listing(selection.filter(lab)), unreadable = errors.map { Failure($0) }
        guard let command = action.command else { return ActionPlan(runs: selected, refusing: 0, unreadable: unreadable) }
        var accepting: [RunSummary] = []
        for run in selected {
            guard let error = try lab.refusal(of: command, run) ?? refusal(command, run, lab) else {
                accepting.append(run)
                continue
            }
            // Named runs: all of them or none.
            if selection.isByID { throw error }
        }
        return ActionPlan(runs: accepting, refusing: selected.count - accepting.count, unreadable: unreadable)
    }

    /// A completed run is retried only if its weights are lost.
    private func refusal(_ command: RunCommand, _ run: RunSummary, _ lab: Lab) throws -> LabError? {
        guard command == .retry, run.state == .completed, try CheckpointExamination(lab: lab).hasWeights(of: run) else {
            return nil
        }
        return .refused(run: run.id, state: run.state, event: command.rawValue)
    }

    /// Carries the action out. Throws `UnexpectedCount`, and what a named run refuses.
    package func perform(_ lab: Lab) throws -> ActionResult { try perform(lab, plan(lab)) }

    /// - Parameter plan: what `plan` returned.
    package func perform(_ lab: Lab, _ plan: ActionPlan) throws -> ActionResult {
        if let expect, expect != plan.runs.count { throw UnexpectedCount(expected: expect, found: plan.runs.count) }
        var result = ActionResult(refused: plan.refusing)
        let ids = plan.runs.map(\.id)
        if isDryRun {
            result.runs = plan.runs.map { .init(id: $0.id, outcome: outcomeOfDryRun($0)) }
        } else if let command = action.command {
            result.runs = try lab.command(command, runs: ids, skippingRefusals: !selection.isByID).map {
                .init(id: $0.id, outcome: Self.outcome($0.transition))
            }
        } else {
            let done = try lab.remove(runs: ids, from: selection.experiment)
            result.runs = done.removed.map { .init(id: $0, outcome: "removed") }
            result.runs += done.left.map { .init(id: $0, outcome: "left \(selection.experiment ?? "")") }
            result.bytes = done.bytes
            lab.settle()
        }
        return result
    }

    private func outcomeOfDryRun(_ run: RunSummary) -> String {
        guard action == .remove else { return "would be asked to \(action.rawValue)" }
        let isShared = selection.experiment != nil && run.experiments.count > 1
        return isShared ? "would leave \(selection.experiment ?? "")" : "\(run.state.rawValue), would be removed"
    }

    private static func outcome(_ transition: Transition) -> String {
        switch transition {
        case .to(let state): state.rawValue
        case .ask(let request): "will \(request.rawValue) at the next batch"
        case .withdraw: "goes on"
        case .stays, .refused: "nothing to do"
        }
    }
}
