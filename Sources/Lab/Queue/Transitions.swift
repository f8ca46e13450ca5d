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
    public func command(_ command: RunCommand, runs: [String]) throws -> [(id: String, transition: Transition)] {
        try database.write { db in
            try runs.map { run in
                let transition = try apply(command.event, to: run, db)
                if transition != .stays { try event(db, run: run, command.rawValue) }
                return (run, transition)
            }
        }
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
                sql: """
                    UPDATE runs SET state = ?, request = NULL, error = ?, final_train_accuracy = ?, final_test_accuracy = ?,
                        weights_sha256 = ?, failures = CASE ? WHEN 'again' THEN failures + 1 WHEN 'anew' THEN 0 ELSE failures END
                    WHERE id = ?
                    """,
                arguments: [
                    next, error, final?.trainAccuracy, final?.testAccuracy, final?.weightsSHA256, event.countsFailure, run,
                ])
        case .ask(let request):
            try db.execute(sql: "UPDATE runs SET request = ? WHERE id = ?", arguments: [request, run])
        case .withdraw:
            try db.execute(sql: "UPDATE runs SET request = NULL WHERE id = ? AND request IS NOT NULL", arguments: [run])
            if db.changesCount == 0 { return .stays }
        case .stays: break
        case .refused: throw LabError.refused(run: run, state: state, event: "\(event)")
        }
        return transition
    }

    /// The state of a run. Throws `noSuchRun`.
    func state(of run: String, _ db: Database) throws -> RunState {
        guard let state = try String.fetchOne(db, sql: "SELECT state FROM runs WHERE id = ?", arguments: [run]) else {
            throw LabError.noSuchRun(run)
        }
        return try RunState(column: state)
    }

    /// Takes a run from its worker. A pending request to pause or cancel it is applied if the run would be queued again.
    func leaveWorker(_ event: RunEvent, _ run: String, error: String? = nil, _ db: Database) throws {
        let request = try String.fetchOne(db, sql: "SELECT request FROM runs WHERE id = ?", arguments: [run])
        guard try apply(event, to: run, error: error, db) == .to(.queued) else { return }
        switch request.flatMap(RunRequest.init) {
        case .pause: try apply(.pause, to: run, error: error, db)
        case .cancel: try apply(.cancel, to: run, error: error, db)
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
        case .claimed, .released, .diverged, .stoppedToPause, .stoppedToCancel, .pause, .cancel: nil
        }
    }
}
