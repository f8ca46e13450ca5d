import Foundation
import GRDB

/// A person's command to a run.
public enum RunCommand: String, Sendable, CaseIterable {
    case cancel, pause, resume, retry

    var event: RunEvent {
        switch self {
        case .cancel: .cancel
        case .pause: .pause
        case .resume: .resume
        case .retry: .retry
        }
    }
}

extension Lab {
    /// Applies a command to all the runs, or to none if one of them refuses it.
    /// - Parameter skippingRefusals: applies it to those that do not refuse it, and returns only these.
    public func command(_ command: RunCommand, runs: [String], skippingRefusals: Bool = false) throws -> [(
        id: String, transition: Transition
    )] {
        try database.write { db in
            try runs.compactMap { run in
                do {
                    let state = try state(of: run, db)
                    let transition = try command == .cancel ? cancel(run, db) : apply(command.event, to: run, db)
                    if transition != .stays { try event(db, run: run, command.rawValue) }
                    if state == .pruned, transition == .to(.queued) { try freeTrial(run, db) }
                    return (run, transition)
                } catch LabError.refused where skippingRefusals {
                    return nil
                } catch LabError.noSuchRun where skippingRefusals {
                    return nil
                }
            }
        }
    }

    /// Why a run refuses a command in the state that the summary says; nil if it does not.
    public func refusal(of command: RunCommand, _ run: RunSummary) -> LabError? {
        // The extension of such a run can be cancelled.
        if command == .cancel, run.state != .completed, run.completions.contains(where: { $0.epochs <= run.epoch }) { return nil }
        guard run.state.after(command.event) == .refused else { return nil }
        return .refused(run: run.id, state: run.state, event: command.rawValue)
    }

    /// Changes a run's state as `RunState.after` says, and returns the effect: `stays` also where there is no request to withdraw.
    /// Throws `refused` if the event is not allowed.
    @discardableResult
    func apply(_ event: RunEvent, to run: String, error: String? = nil, final: FinalFigures? = nil, _ db: Database) throws
        -> Transition
    {
        let state = try state(of: run, db)
        let transition = state.after(event)
        switch transition {
        case .to(let next):
            try db.execute(
                cached: """
                    UPDATE runs SET state = ?, request = NULL, error = ?, final_train_accuracy = ?, final_test_accuracy = ?,
                        final_validation_accuracy = ?, weights_sha256 = ?, failures = CASE ? WHEN 'again' THEN failures + 1 WHEN 'anew' THEN 0 ELSE failures END
                    WHERE id = ?
                    """,
                arguments: [
                    next, error, final?.trainAccuracy, final?.testAccuracy, final?.validationAccuracy, final?.weightsSHA256,
                    event.countsFailure, run,
                ])
        case .ask(let request):
            try db.execute(sql: "UPDATE runs SET request = ? WHERE id = ?", arguments: [request, run])
        case .withdraw:
            try db.execute(sql: "UPDATE runs SET request = NULL WHERE id = ? AND request IS NOT NULL", arguments: [run])
            if db.changesCount == 0 { return .stays }
        case .stays: break
        case .refused: throw LabError.refused(run: run, state: state, event: "\(event)")
        }
        if transition == .to(.waiting) || event.endsTrials { try settleSearches(of: run, db) }
        return transition
    }

    /// The states of runs. Those that are not in the lab are left out.
    public func states(of runs: [String]) throws -> [String: RunState] {
        try database.read { db in
            let list = String(decoding: try JSONEncoder().encode(runs), as: UTF8.self)
            let rows = try Row.fetchAll(
                db, sql: "SELECT id, state FROM runs WHERE id IN (SELECT value FROM json_each(?))", arguments: [list])
            return Dictionary(uniqueKeysWithValues: try rows.map { ($0["id"], try RunState(column: $0["state"])) })
        }
    }

    /// The state of a run. Throws `noSuchRun`.
    func state(of run: String, _ db: Database) throws -> RunState {
        let statement = try db.cachedStatement(sql: "SELECT state FROM runs WHERE id = ?")
        guard let state = try String.fetchOne(statement, arguments: [run]) else {
            throw LabError.noSuchRun(run)
        }
        return try RunState(column: state)
    }

    /// Takes a run from its worker. A pending request to pause or cancel it is applied if the run would be queued again. A run whose
    /// extension is not wanted any more is completed again.
    func leaveWorker(_ event: RunEvent, _ run: String, error: String? = nil, _ db: Database) throws {
        let request = try String.fetchOne(db, sql: "SELECT request FROM runs WHERE id = ?", arguments: [run])
        let transition = try apply(event, to: run, error: error, db)
        if try completeIfShortened(run, db) { return }
        guard transition == .to(.queued) || transition == .to(.waiting) else { return }
        switch request.flatMap(RunRequest.init) {
        // A trial that waits at its rung may be pruned already.
        case .pause: if try state(of: run, db).after(.pause) != .refused { try apply(.pause, to: run, error: error, db) }
        case .cancel: try cancel(run, error: error, db)
        case nil: break
        }
    }
}

extension RunEvent {
    /// The effect on the count of failures: an error adds one, a person's command resets it.
    fileprivate var countsFailure: String? {
        switch self {
        case .failedOnce, .failedForGood: "again"
        case .retry, .resume, .extended, .completed: "anew"
        case .claimed, .released, .diverged, .stoppedToPause, .stoppedToCancel, .pause, .cancel, .shortened: nil
        case .reachedRung, .advanced, .pruned: nil
        }
    }

    /// Whether a trial to which it happens has no further results: others may go on then.
    fileprivate var endsTrials: Bool {
        switch self {
        case .diverged, .failedForGood, .stoppedToCancel, .cancel: true
        case .claimed, .released, .completed, .failedOnce, .stoppedToPause, .pause, .resume, .retry, .extended, .shortened: false
        case .reachedRung, .advanced, .pruned: false
        }
    }
}
