import GRDB

/// One epoch's figures.
public struct EpochRow: Sendable, Equatable, Codable {
    public let epoch: Int
    /// Mean cross-entropy over the epoch's samples.
    public let loss: Double
    /// Running mean over the epoch's batches, 0…1.
    public let trainAccuracy: Double
    /// From a full pass after the epoch, 0…1. Nil where it is not told: of a trial of a search.
    public let testAccuracy: Double?
    public let seconds: Double
    /// The same of the validation images, 0…1; nil for a run without them.
    public let validationAccuracy: Double?

    public init(
        epoch: Int, loss: Double, trainAccuracy: Double, testAccuracy: Double?, seconds: Double, validationAccuracy: Double? = nil
    ) {
        self.epoch = epoch
        self.loss = loss
        self.trainAccuracy = trainAccuracy
        self.testAccuracy = testAccuracy
        self.seconds = seconds
        self.validationAccuracy = validationAccuracy
    }
}

extension Lab {
    /// Writes an epoch's row. After a crash the epochs since the last checkpoint are trained again and give the same rows. If a row
    /// differs, for example because of another arithmetic, it replaces the old one, and an event records it.
    public func record(_ row: EpochRow, run: String, attempt: Int) throws { try record([row], run: run, attempt: attempt) }

    /// Writes several epochs' rows in one transaction.
    public func record(_ rows: [EpochRow], run: String, attempt: Int) throws {
        if rows.isEmpty { return }
        try fencedWrite(run: run, attempt: attempt) { db in for row in rows { try record(row, run: run, attempt: attempt, db) } }
    }

    private func record(_ row: EpochRow, run: String, attempt: Int, _ db: Database) throws {
        let old = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT * FROM epochs WHERE run_id = ? AND epoch = ?"), arguments: [run, row.epoch]
        ).flatMap { EpochRow($0) }
        if let old, !old.hasSameResults(as: row) {
            let detail = "epoch \(row.epoch): \(old.results), now \(row.results)"
            try event(db, run: run, attempt: attempt, "not reproduced", detail)
        }
        try db.execute(
            sql: """
                INSERT INTO epochs (run_id, epoch, loss, train_accuracy, test_accuracy, seconds, validation_accuracy)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (run_id, epoch) DO UPDATE SET loss = excluded.loss, train_accuracy = excluded.train_accuracy,
                    test_accuracy = excluded.test_accuracy, seconds = excluded.seconds,
                    validation_accuracy = excluded.validation_accuracy
                """,
            arguments: [run, row.epoch, row.loss, row.trainAccuracy, row.testAccuracy, row.seconds, row.validationAccuracy])
        try db.execute(sql: "UPDATE runs SET epoch = max(epoch, ?) WHERE id = ?", arguments: [row.epoch, run])
        if row.validationAccuracy != nil { try settleSearches(of: run, passing: row.epoch, db) }
    }

    /// A run's curve, epoch by epoch. That of a completed run ends at its length: epochs of a cancelled extension are left out.
    /// - Parameters:
    ///   - after: only later epochs.
    ///   - tellsTests: whether a trial's test accuracies are included, which must not be used for selection.
    public func epochs(of run: String, after epoch: Int = 0, tellsTests: Bool = false) throws -> [EpochRow] {
        try database.read { db in
            let isTold = try tellsTests || !Self.isTrial(run, db)
            return try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM epochs WHERE run_id = ?1 AND epoch > ?2
                        AND epoch <= coalesce((SELECT epochs FROM runs WHERE id = ?1 AND state = 'completed'), epoch) ORDER BY epoch
                    """, arguments: [run, epoch]
            ).compactMap { EpochRow($0, tellsTest: isTold) }
        }
    }

    /// Whether searches have a run and nothing else.
    static func isTrial(_ run: String, _ db: Database) throws -> Bool {
        try Bool.fetchOne(db.cachedStatement(sql: "SELECT " + trialCondition("?1")), arguments: [run]) ?? false
    }

    /// The same as SQL, for a column or a parameter.
    static func trialCondition(_ run: String) -> String {
        """
        EXISTS (SELECT 1 FROM trials t WHERE t.run_id = \(run)) AND NOT EXISTS (SELECT 1 FROM experiment_runs m
            JOIN experiments x ON x.id = m.experiment_id WHERE m.run_id = \(run) AND x.search IS NULL)
        """
    }
}

extension EpochRow {
    /// From a row with the columns of `epochs`; nil if they are NULL, as for a run before its first epoch.
    init?(_ row: Row, tellsTest: Bool = true) {
        guard let loss = row["loss"] as Double? else { return nil }
        self.init(
            epoch: row["epoch"], loss: loss, trainAccuracy: row["train_accuracy"],
            testAccuracy: tellsTest ? row["test_accuracy"] : nil,
            seconds: row["seconds"], validationAccuracy: row["validation_accuracy"])
    }

    /// Whether all values except the time are equal, bit by bit.
    fileprivate func hasSameResults(as other: EpochRow) -> Bool {
        (loss, trainAccuracy, testAccuracy, validationAccuracy)
            == (other.loss, other.trainAccuracy, other.testAccuracy, other.validationAccuracy)
    }

    fileprivate var results: String { "loss \(loss), accuracies \(trainAccuracy) and \(testAccuracy ?? .nan)" }
}
