import GRDB
import Specs

/// A change of the number of epochs to which a run trains.
public enum LengthChange: Sendable, Equatable {
    case none
    case extended(from: Int, to: Int)
    /// `to` is more than what is wished where more is trained already.
    case shortened(from: Int, to: Int)
}

extension Lab {
    /// Gives a run the length that its experiments wish now: the longest wish. A run is shortened to no fewer epochs than are trained.
    ///
    /// A completed run is only extended. More epochs than the length may be trained, after an extension that was cancelled: they do not
    /// count, or an interrupted run would end at another length than an undisturbed one. A run whose extension is not wished any more is
    /// completed again, with the figures that are on record; a running one when its worker has stopped, which happens within a batch.
    func settleLength(of run: String, _ db: Database) throws -> LengthChange {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT state, epoch, epochs, (SELECT max(epochs) FROM experiment_runs WHERE run_id = runs.id) AS wish
                    FROM runs WHERE id = ?
                    """), arguments: [run])
        guard let row else { throw LabError.noSuchRun(run) }
        let state = try RunState(column: row["state"]), trained: Int = row["epoch"], epochs: Int = row["epochs"]
        guard let wish = row["wish"] as Int? else { return .none }
        if state == .completed {
            guard wish > epochs else { return .none }
            return try extend(run, from: epochs, to: wish, db)
        }
        if let completed = try longestCompletion(of: run, db), wish <= completed.epochs {
            guard epochs != completed.epochs else { return .none }
            try returnToCompletion(run, completed, isAtWork: state == .running, db)
            return .shortened(from: epochs, to: completed.epochs)
        }
        if wish > epochs { return try extend(run, from: epochs, to: wish, db) }
        let target = min(epochs, max(wish, trained))
        if target == epochs { return .none }
        try setLength(run, target, db)
        try event(db, run: run, "shortened", "from \(epochs) to \(target) epochs")
        return .shortened(from: epochs, to: target)
    }

    private func extend(_ run: String, from epochs: Int, to target: Int, _ db: Database) throws -> LengthChange {
        if try state(of: run, db) == .completed {
            // A worker of an older program has put no completion on record.
            try db.execute(
                cached: """
                    INSERT OR IGNORE INTO completions (run_id, epochs, train_accuracy, test_accuracy, weights_sha256, completed_at)
                    SELECT id, epochs, final_train_accuracy, final_test_accuracy, weights_sha256, ? FROM runs WHERE id = ?
                    """, arguments: [clock.now(), run])
            try keepWeights(of: run, after: epochs, db)
        }
        // The state first: a constraint of the database requires that a completed run has all its epochs.
        try apply(.extended, to: run, db)
        try setLength(run, target, db)
        try event(db, run: run, "extended", "from \(epochs) to \(target) epochs")
        return .extended(from: epochs, to: target)
    }

    /// Completes a run again at the longest length at which it was completed before. Epochs beyond stay in the database, and a later
    /// extension continues from them.
    /// - Parameter isAtWork: whether a worker trains it. It is completed when the worker has stopped, see `leaveWorker`.
    private func returnToCompletion(_ run: String, _ completion: Completion, isAtWork: Bool, _ db: Database) throws {
        let epochs = try Int.fetchOne(db, sql: "SELECT epochs FROM runs WHERE id = ?", arguments: [run]) ?? 0
        try setLength(run, completion.epochs, db)
        if !isAtWork { try apply(.shortened, to: run, final: completion.figures, db) }
        // A later submission with the same wish extends it again; other experiments do not.
        try db.execute(
            cached: "UPDATE experiment_runs SET epochs = ?2 WHERE run_id = ?1 AND epochs > ?2",
            arguments: [run, completion.epochs])
        try event(db, run: run, "shortened", "from \(epochs) to \(completion.epochs) epochs, with which it was completed before")
    }

    /// Cancels a run. One that was completed before an extension is completed again. Throws `refused`.
    @discardableResult
    func cancel(_ run: String, error: String? = nil, _ db: Database) throws -> Transition {
        let state = try state(of: run, db)
        guard state != .completed, state != .running, let completion = try longestCompletion(of: run, db) else {
            return try apply(.cancel, to: run, error: error, db)
        }
        try returnToCompletion(run, completion, isAtWork: false, db)
        return .to(.completed)
    }

    /// Completes a run again that was shortened, while its latest attempt trained it, to a length at which it was completed before.
    /// Called when it has left its worker. Returns whether it did.
    func completeIfShortened(_ run: String, _ db: Database) throws -> Bool {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT c.* FROM runs r JOIN completions c ON c.run_id = r.id AND c.epochs = r.epochs
                    JOIN attempts a ON a.run_id = r.id AND a.number = r.attempt
                WHERE r.id = ? AND r.epochs < a.epochs AND r.epoch >= r.epochs
                """, arguments: [run])
        guard let row else { return false }
        return try apply(.shortened, to: run, final: Completion(row).figures, db) == .to(.completed)
    }

    /// The lengths that experiments wish for a run, in order of the experiments.
    public func wishes(for run: String) throws -> [(experiment: String, epochs: Int)] {
        try database.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT x.name, m.epochs FROM experiment_runs m JOIN experiments x ON x.id = m.experiment_id
                    WHERE m.run_id = ? ORDER BY x.id
                    """, arguments: [run]
            ).map { ($0["name"], $0["epochs"]) }
        }
    }

    /// Stores the length, also in the settings. Settings that cannot be read stay as they are, for `doctor`.
    func setLength(_ run: String, _ epochs: Int, _ db: Database) throws {
        let text = try String.fetchOne(
            db.cachedStatement(sql: "SELECT settings FROM runs WHERE id = ?"), arguments: [run])
        var settings = text.flatMap { try? Settings(canonicalJSON: $0) }
        settings?.epochs = epochs
        try db.execute(
            cached: "UPDATE runs SET epochs = ?, settings = coalesce(?, settings) WHERE id = ?",
            arguments: [epochs, settings?.canonicalJSON, run])
    }
}
