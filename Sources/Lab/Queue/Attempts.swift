import GRDB

/// The final figures of a completed run.
public struct FinalFigures: Sendable, Equatable {
    /// Accuracies of the final weights on each whole split, 0…1, as in Table 1.
    public let trainAccuracy: Double
    /// Nil where it is not told: of a trial of a search.
    public let testAccuracy: Double?
    public let weightsSHA256: String
    /// The same on the validation images; nil for a run without them.
    public let validationAccuracy: Double?

    /// The same figures without the test accuracy.
    func untested() -> FinalFigures {
        FinalFigures(
            trainAccuracy: trainAccuracy, testAccuracy: nil, weightsSHA256: weightsSHA256, validationAccuracy: validationAccuracy)
    }

    public init(trainAccuracy: Double, testAccuracy: Double?, weightsSHA256: String, validationAccuracy: Double? = nil) {
        self.trainAccuracy = trainAccuracy
        self.testAccuracy = testAccuracy
        self.weightsSHA256 = weightsSHA256
        self.validationAccuracy = validationAccuracy
    }
}

/// How an attempt ended.
public enum AttemptOutcome: Sendable, Equatable {
    case completed(FinalFigures)
    case diverged(String)
    case failed(String)
    /// The worker was told to stop, and wrote a checkpoint.
    case released(String)
    /// The run's data cannot be used: it is queued again, and this is no failure.
    case waits(String)
    /// It is trained to the epoch at which its search compares it with others, and has a checkpoint there.
    case reachedRung
    /// The worker did what it was asked.
    case stopped(RunRequest)
}

/// One start of a run.
public struct AttemptRow: Sendable {
    public let number: Int
    let worker: String
    public let arithmetic: String
    public let threads: Int
    public let startedAt: Int64
    public let endedAt: Int64?
    public let outcome: String?

    package init(
        number: Int, worker: String = "", arithmetic: String, threads: Int, startedAt: Int64, endedAt: Int64?, outcome: String?
    ) {
        (self.number, self.worker, self.arithmetic, self.threads) = (number, worker, arithmetic, threads)
        (self.startedAt, self.endedAt, self.outcome) = (startedAt, endedAt, outcome)
    }

    /// Where a job of a cluster makes it; nil for a worker of this machine.
    public var remote: RemotePlace? {
        guard WorkerIdentity(text: worker) == nil else { return nil }
        let words = worker.split(separator: " ", maxSplits: 2).map(String.init)
        return words.count == 3 ? RemotePlace(engine: words[0], job: words[1], node: words[2], reason: nil) : nil
    }
}

extension RemotePlace {
    /// The form in the database of the worker of an attempt: three words. A process of this machine has four.
    package var worker: String { [engine, job, node].compactMap(\.self).joined(separator: " ") }
}

extension Lab {
    /// Ends an attempt. Returns the run's new state.
    ///
    /// A request to pause or cancel the run is kept: a run that would be queued again is paused or cancelled instead.
    @discardableResult
    public func finish(_ outcome: AttemptOutcome, run: String, attempt: Int) throws -> RunState {
        try fencedWriteOnce(run: run, attempt: attempt) { db in
            guard
                let row = try Row.fetchOne(
                    db,
                    sql: """
                        SELECT r.epochs, r.epoch, r.failures, r.request, a.epochs AS length FROM runs r
                        LEFT JOIN attempts a ON a.run_id = r.id AND a.number = r.attempt WHERE r.id = ?
                        """, arguments: [run])
            else { throw LabError.noSuchRun(run) }
            let wanted: Int = row["epochs"], done: Int = row["epoch"], failures: Int = row["failures"]
            // The run may have been extended or shortened since the attempt started.
            let length = row["length"] as Int? ?? wanted
            let fail = { (error: String) in
                let isLast = failures >= Self.attemptsAllowed - 1
                try self.leaveWorker(isLast ? .failedForGood : .failedOnce, run, error: error, db)
                if try self.state(of: run, db) == .queued {
                    let seconds = self.backoff.delay(after: failures + 1) / 1000
                    try self.event(db, run: run, attempt: attempt, "next attempt", "in \(seconds) s")
                }
                return "failed: \(error)"
            }
            let text: String
            switch outcome {
            case .completed(let final) where done >= length:
                try record(Completion(epochs: length, figures: final), run: run, db)
                if length < wanted {
                    text = "extended"
                    try keepWeights(of: run, after: length, db)
                    try leaveWorker(.released, run, db)
                } else {
                    text = "completed"
                    if length > wanted { try setLength(run, length, db) }
                    try apply(.completed, to: run, final: final, db)
                }
            case .completed:
                // If it were queued again, this would repeat forever.
                text = try fail("training ended after \(done) of \(length) epochs")
            case .diverged(let error):
                text = "diverged: \(error)"
                try leaveWorker(.diverged, run, error: error, db)
            case .failed(let error):
                text = try fail(error)
            case .reachedRung:
                text = "at epoch \(done), a rung of its search"
                // It may be wanted in full meanwhile.
                if let until = try until(run, db), until <= done {
                    try leaveWorker(.reachedRung, run, db)
                } else {
                    try leaveWorker(.released, run, db)
                }
            case .released(let reason):
                text = reason
                try leaveWorker(.released, run, db)
            case .waits(let reason):
                text = Self.waiting(reason)
                try leaveWorker(.released, run, error: text, db)
            case .stopped:
                // A later request replaces the one that the worker has read.
                switch (row["request"] as String?).flatMap(RunRequest.init) {
                case .pause:
                    text = "paused"
                    try apply(.stoppedToPause, to: run, db)
                case .cancel:
                    text = "cancelled"
                    if try longestCompletion(of: run, db) == nil {
                        try apply(.stoppedToCancel, to: run, db)
                    } else {
                        try leaveWorker(.released, run, db)
                    }
                case nil:
                    text = "the request was withdrawn"
                    try leaveWorker(.released, run, db)
                }
            }
            try end(db, run: run, attempt: attempt, outcome: text)
            return try state(of: run, db)
        }
    }

    /// Closes an attempt and adds the event.
    func end(_ db: Database, run: String, attempt: Int, outcome: String) throws {
        try db.execute(
            sql: "UPDATE attempts SET ended_at = ?, outcome = ? WHERE run_id = ? AND number = ?",
            arguments: [clock.now(), outcome, run, attempt])
        try event(db, run: run, attempt: attempt, "ended", outcome)
    }

    /// The starts of a run.
    public func attempts(of run: String) throws -> [AttemptRow] {
        try database.read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM attempts WHERE run_id = ? ORDER BY number", arguments: [run]).map {
                AttemptRow(
                    number: $0["number"], worker: $0["worker"], arithmetic: $0["arithmetic"], threads: $0["threads"],
                    startedAt: $0["started_at"], endedAt: $0["ended_at"], outcome: $0["outcome"])
            }
        }
    }
}
