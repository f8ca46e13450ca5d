import GRDB

/// A length at which a run was once completed, with the final figures at that length.
public struct Completion: Sendable, Equatable {
    public let epochs: Int
    public let figures: FinalFigures
    /// Mean loss of its last epoch; nil if it was not looked up.
    public let loss: Double?

    public init(epochs: Int, figures: FinalFigures, loss: Double? = nil) {
        (self.epochs, self.figures, self.loss) = (epochs, figures, loss)
    }

    /// The completion as it is shown: that of a trial without the test accuracy.
    func told(isTrial: Bool) -> Completion {
        isTrial ? Completion(epochs: epochs, figures: figures.untested(), loss: loss) : self
    }
}

extension Lab {
    /// Puts a completion on record. A run that is retried replaces the one of the same length.
    func record(_ completion: Completion, run: String, _ db: Database) throws {
        try db.execute(
            cached: """
                INSERT OR REPLACE INTO completions (run_id, epochs, train_accuracy, test_accuracy, weights_sha256, completed_at,
                    validation_accuracy)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                run, completion.epochs, completion.figures.trainAccuracy, completion.figures.testAccuracy,
                completion.figures.weightsSHA256, clock.now(), completion.figures.validationAccuracy,
            ])
    }

    /// The longest length to which the run can return: it was completed there, and has the epochs. An imported run that is trained from its
    /// beginning has fewer at first. Nil if there is none.
    func longestCompletion(of run: String, _ db: Database) throws -> Completion? {
        try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT c.* FROM completions c JOIN runs r ON r.id = c.run_id AND r.epoch >= c.epochs
                    WHERE c.run_id = ? ORDER BY c.epochs DESC LIMIT 1
                    """), arguments: [run]
        ).map(Completion.init)
    }

    /// Keeps the weights of a completion while a longer training goes on: the checkpoint after its last epoch.
    func keepWeights(of run: String, after epochs: Int, _ db: Database) throws {
        try db.execute(
            cached: "UPDATE checkpoints SET kept = 1 WHERE run_id = ? AND epoch = ? AND batch = 0", arguments: [run, epochs])
    }
}

extension Completion {
    /// From a row of `completions`, perhaps with the loss of its epoch.
    init(_ row: Row) {
        self.init(
            epochs: row["epochs"],
            figures: FinalFigures(
                trainAccuracy: row["train_accuracy"], testAccuracy: row["test_accuracy"], weightsSHA256: row["weights_sha256"],
                validationAccuracy: row["validation_accuracy"]),
            loss: row["loss"])
    }
}
