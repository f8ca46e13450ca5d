import Foundation
import GRDB
import Specs
import Testing

@testable import Lab

@Suite("The schema") struct SchemaTests {
    static let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../schema.sql").standardized

    static func inMemory() throws -> DatabaseQueue {
        let database = try DatabaseQueue()
        try database.write { try $0.execute(sql: try String(contentsOf: file, encoding: .utf8)) }
        return database
    }

    /// Every object of a schema and its SQL, spaces and comments apart; and the numbers that mark the file.
    static func outline(_ db: Database) throws -> [String] {
        try Row.fetchAll(db, sql: "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name").map { row in
            let lines = (row["sql"] as String? ?? "").split(separator: "\n").map { $0.split(separator: "--")[0] }
            let words = lines.joined(separator: " ").split(separator: " ").joined(separator: " ")
            return "\(row["type"] as String) \(row["name"] as String) \(row["tbl_name"] as String): \(words)"
        } + ["application_id", "user_version"].map { "\($0) \(try Int.fetchOne(db, sql: "PRAGMA \($0)") ?? 0)" }
    }

    @Test("an empty lab has the schema of schema.sql")
    func equal() throws {
        let temporary = try TemporaryLab()
        let lab = temporary.lab
        let outline = try lab.database.read(Self.outline)
        #expect(try outline == Self.inMemory().read(Self.outline))
        #expect(outline.contains("application_id \(Lab.applicationID)") && outline.contains("user_version \(Lab.schemaVersion)"))
        #expect(try lab.integrityFaults().isEmpty)
    }

    /// For every named constraint, changes to a good row that it alone refuses. A run of this row is `completed`.
    static let impossible: [String: [String]] = [
        "state_is_known": ["UPDATE runs SET state = 'lost', \(noFigures)"],
        "request_is_known": ["UPDATE runs SET state = 'running', request = 'hurry', \(noFigures)"],
        "only_a_running_run_has_a_request": ["UPDATE runs SET request = 'pause'"],
        "a_running_run_has_an_attempt": ["UPDATE runs SET state = 'running', attempt = 0, \(noFigures)"],
        "only_a_completed_run_has_final_figures": [
            "UPDATE runs SET state = 'queued'", "UPDATE runs SET weights_sha256 = NULL",
            "UPDATE runs SET final_train_accuracy = NULL", "UPDATE runs SET final_test_accuracy = NULL",
        ],
        "a_failed_run_has_an_error": [
            "UPDATE runs SET state = 'failed', \(noFigures)", "UPDATE runs SET state = 'diverged', \(noFigures)",
        ],
        "a_completed_run_has_all_epochs": ["UPDATE runs SET epochs = 4"],
        "epochs_are_positive": [
            "UPDATE runs SET epochs = 0", "UPDATE runs SET epoch = -1, state = 'queued', \(noFigures)",
        ],
        "a_wish_is_positive": ["UPDATE experiment_runs SET epochs = 0"],
        "a_completion_has_epochs": ["UPDATE completions SET epochs = 0"],
        "final_accuracies_are_fractions": [
            "UPDATE completions SET train_accuracy = 50", "UPDATE completions SET test_accuracy = -0.1",
        ],
        "an_ended_attempt_has_an_outcome": ["UPDATE attempts SET ended_at = NULL", "UPDATE attempts SET outcome = NULL"],
        "a_validation_accuracy_is_a_fraction": ["UPDATE epochs SET validation_accuracy = 50"],
        "only_a_completed_run_has_a_final_validation": [
            "UPDATE runs SET final_validation_accuracy = 0.5, state = 'queued', \(noFigures)"
        ],
        "trials_count_from_1": ["UPDATE trials SET number = 0", "UPDATE trials SET rung = -1"],
        "epochs_count_from_1": ["UPDATE epochs SET epoch = 0"],
        "accuracies_are_fractions": [
            "UPDATE epochs SET train_accuracy = 50", "UPDATE epochs SET test_accuracy = -0.1",
        ],
    ]
    private static let noFigures = "weights_sha256 = NULL, final_train_accuracy = NULL, final_test_accuracy = NULL"
    private static let rows = """
        INSERT INTO runs (id, model, dataset, seed, settings, dataset_digest, epochs, epoch, state, attempt,
            final_train_accuracy, final_test_accuracy, weights_sha256, submitted_at)
        VALUES ('a', 'm', 'd', 1, '{}', 'x', 3, 3, 'completed', 1, 0.5, 0.5, 'w', 0);
        INSERT INTO attempts VALUES ('a', 1, 'w', 'k', 1, 0, 0, 1, 'completed', 3);
        INSERT INTO experiments VALUES (1, 'e', NULL, 0, NULL);
        INSERT INTO experiment_runs VALUES (1, 'a', 3);
        INSERT INTO trials VALUES (1, 1, 'a', 0);
        INSERT INTO completions VALUES ('a', 3, 0.5, 0.5, 'w', 0, NULL);
        INSERT INTO epochs VALUES ('a', 3, 1.5, 0.5, 0.5, 1, NULL);
        """

    @Test("every named constraint of schema.sql refuses its impossible state")
    func constraints() throws {
        let text = try String(contentsOf: Self.file, encoding: .utf8)
        let names = text.matches(of: /CONSTRAINT (\w+) CHECK/).map { String($0.1) }
        #expect(names.count == text.matches(of: /\bCHECK\b/).count, "a CHECK without a name")
        #expect(Set(names) == Set(Self.impossible.keys), "a constraint without a test, or a test without a constraint")
        for name in names {
            for change in Self.impossible[name] ?? [] {
                let database = try Self.inMemory()
                try database.write { try $0.execute(sql: Self.rows) }
                let error = #expect(throws: DatabaseError.self, "\(name): \(change)") {
                    try database.write { try $0.execute(sql: change) }
                }
                #expect(error?.extendedResultCode == .SQLITE_CONSTRAINT_CHECK, "\(change)")
                #expect(error?.message?.hasSuffix(name) == true, "\(change): \(error?.message ?? "")")
            }
        }
    }

    @Test("a claim finds the next run through the index of queued runs, whatever else is there")
    func plans() throws {
        let temporary = try TemporaryLab()
        let lab = temporary.lab
        try lab.database.write { db in
            try db.execute(
                sql: """
                    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
                    INSERT INTO runs (id, model, dataset, seed, settings, dataset_digest, priority, epochs, submitted_at)
                    SELECT printf('%016x', i), 'm', 'd', i, ?, 'x', i % 3, 3, 0 FROM n
                    """, arguments: [Settings.tiny().canonicalJSON])
        }
        let plan = { (sql: String) in
            try lab.database.read { db in
                let steps = try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN \(sql)", arguments: lab.due(except: []))
                return steps.map { $0["detail"] as String }
            }
        }
        for analyzed in [false, true] {
            if analyzed { try lab.database.writeWithoutTransaction { try $0.execute(sql: "ANALYZE") } }
            for sql in [Lab.nextQueued, Lab.takeNext] {
                let steps = try plan(sql)
                #expect(steps.contains { $0.contains("USING INDEX runs_in_queue") }, "\(steps)")
                #expect(!steps.contains { $0.contains("TEMP B-TREE") }, "\(steps)")
            }
            #expect(try plan(Lab.takeNext).contains { $0.contains("SEARCH runs USING INTEGER PRIMARY KEY") })
        }
        for _ in 1...20 { _ = try lab.claim() }
        #expect(try lab.stateCounts()[.running] == 20)
    }
}
