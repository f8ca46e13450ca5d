import Foundation
import GRDB
import Specs

extension Lab {
    /// The statements that migrate a lab to the next schema version, by the version that they start from. Never changed once released.
    private static let migrations: [Int: String] = [
        1: "ALTER TABLE attempts RENAME COLUMN blas_kernel TO arithmetic; PRAGMA user_version = 2",
        2: lengthsAndRemovals,
        3: clusters,
        4: searches,
    ]

    /// Every experiment gets the length of its run as its wish. A completed run is on record with that length.
    private static let lengthsAndRemovals = """
        ALTER TABLE runs ADD COLUMN note TEXT;
        ALTER TABLE attempts ADD COLUMN epochs INTEGER;

        DROP INDEX experiments_of_run;
        ALTER TABLE experiment_runs RENAME TO old_experiment_runs;
        CREATE TABLE experiment_runs (
            experiment_id INTEGER NOT NULL REFERENCES experiments (id),
            run_id TEXT NOT NULL REFERENCES runs (id),
            epochs INTEGER NOT NULL,
            PRIMARY KEY (experiment_id, run_id),
            CONSTRAINT a_wish_is_positive CHECK (epochs >= 1)
        ) STRICT, WITHOUT ROWID;
        INSERT OR IGNORE INTO experiment_runs SELECT m.experiment_id, m.run_id, coalesce(r.epochs, 1)
            FROM old_experiment_runs m LEFT JOIN runs r ON r.id = m.run_id;
        DROP TABLE old_experiment_runs;
        CREATE INDEX experiments_of_run ON experiment_runs (run_id);

        CREATE TABLE completions (
            run_id TEXT NOT NULL REFERENCES runs (id),
            epochs INTEGER NOT NULL,
            train_accuracy REAL NOT NULL,
            test_accuracy REAL NOT NULL,
            weights_sha256 TEXT NOT NULL,
            completed_at INTEGER NOT NULL,
            PRIMARY KEY (run_id, epochs),
            CONSTRAINT a_completion_has_epochs CHECK (epochs >= 1),
            CONSTRAINT final_accuracies_are_fractions CHECK (train_accuracy BETWEEN 0 AND 1 AND test_accuracy BETWEEN 0 AND 1)
        ) STRICT, WITHOUT ROWID;
        INSERT OR IGNORE INTO completions SELECT id, epochs, final_train_accuracy, final_test_accuracy, weights_sha256,
            coalesce((SELECT max(ended_at) FROM attempts WHERE run_id = runs.id), submitted_at)
            FROM runs WHERE state = 'completed';

        DROP INDEX events_of_run;
        ALTER TABLE events RENAME TO old_events;
        CREATE TABLE events (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            run_id TEXT REFERENCES runs (id),
            attempt INTEGER,
            at INTEGER NOT NULL,
            kind TEXT NOT NULL,
            detail TEXT
        ) STRICT;
        INSERT INTO events SELECT id, run_id, attempt, at, kind, detail FROM old_events ORDER BY id;
        DROP TABLE old_events;
        CREATE INDEX events_of_run ON events (run_id, id);

        CREATE TABLE removed_runs (
            run_id TEXT PRIMARY KEY,
            attempt INTEGER NOT NULL,
            removed_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        PRAGMA user_version = 3
        """

    /// Attempts on a cluster. No run of an older lab has an engine. The index gets another name: workers of an older program, which would
    /// take runs of a cluster, find nothing by the old one.
    private static let clusters = """
        ALTER TABLE runs ADD COLUMN engine TEXT;
        ALTER TABLE runs ADD COLUMN engine_settings TEXT;
        DROP INDEX runs_to_claim;
        CREATE INDEX queued_runs ON runs (priority DESC, number, engine) WHERE state = 'queued';
        CREATE INDEX runs_of_engines ON runs (engine, priority DESC, number) WHERE engine IS NOT NULL;

        CREATE TABLE submissions (
            token TEXT PRIMARY KEY,
            engine TEXT NOT NULL,
            job TEXT,
            submitted_at INTEGER NOT NULL,
            next_begin INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE remote_attempts (
            run_id TEXT NOT NULL,
            number INTEGER NOT NULL,
            token TEXT NOT NULL REFERENCES submissions (token),
            task INTEGER NOT NULL,
            place INTEGER NOT NULL,
            epochs INTEGER NOT NULL,
            node TEXT,
            reason TEXT,
            beat INTEGER,
            beat_at INTEGER,
            start TEXT,
            offset INTEGER,
            missing_since INTEGER,
            ended_at INTEGER,
            PRIMARY KEY (run_id, number)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX remote_attempts_under_way ON remote_attempts (token, task, place) WHERE ended_at IS NULL;

        CREATE TABLE nodes (
            engine TEXT NOT NULL,
            name TEXT NOT NULL,
            arithmetic TEXT NOT NULL,
            quick_deaths INTEGER NOT NULL DEFAULT 0,
            excluded_at INTEGER,
            PRIMARY KEY (engine, name)
        ) STRICT, WITHOUT ROWID;
        PRAGMA user_version = 4
        """

    /// Searches. The tables of runs and experiments are made anew; with the legacy way of renaming, the tables that refer to it stay as they
    /// are. The index gets another name: workers of an older program, which would train trials past their rungs, find nothing by the
    /// old one.
    private static let searches = """
        ALTER TABLE epochs ADD COLUMN validation_accuracy REAL
            CONSTRAINT a_validation_accuracy_is_a_fraction CHECK (validation_accuracy BETWEEN 0 AND 1);
        ALTER TABLE completions ADD COLUMN validation_accuracy REAL;

        DROP INDEX queued_runs;
        DROP INDEX runs_of_engines;
        DROP INDEX runs_by_state;
        PRAGMA legacy_alter_table = ON;
        ALTER TABLE runs RENAME TO old_runs;
        ALTER TABLE experiments RENAME TO old_experiments;
        PRAGMA legacy_alter_table = OFF;
        CREATE TABLE runs (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            model TEXT NOT NULL,
            dataset TEXT NOT NULL,
            seed INTEGER NOT NULL,
            settings TEXT NOT NULL,
            dataset_digest TEXT NOT NULL,
            priority INTEGER NOT NULL DEFAULT 0,
            epochs INTEGER NOT NULL,
            epoch INTEGER NOT NULL DEFAULT 0,
            state TEXT NOT NULL DEFAULT 'queued',
            request TEXT,
            attempt INTEGER NOT NULL DEFAULT 0,
            failures INTEGER NOT NULL DEFAULT 0,
            error TEXT,
            final_train_accuracy REAL,
            final_test_accuracy REAL,
            weights_sha256 TEXT,
            submitted_at INTEGER NOT NULL,
            note TEXT,
            engine TEXT,
            engine_settings TEXT,
            until INTEGER,
            final_validation_accuracy REAL,
            CONSTRAINT state_is_known CHECK (
                state IN ('queued', 'running', 'completed', 'failed', 'diverged', 'cancelled', 'paused', 'waiting', 'pruned')),
            CONSTRAINT request_is_known CHECK (request IN ('pause', 'cancel')),
            CONSTRAINT only_a_running_run_has_a_request CHECK (request IS NULL OR state = 'running'),
            CONSTRAINT a_running_run_has_an_attempt CHECK (state <> 'running' OR attempt >= 1),
            CONSTRAINT only_a_completed_run_has_final_figures CHECK (
                (state = 'completed') = (weights_sha256 IS NOT NULL)
                AND (state = 'completed') = (final_train_accuracy IS NOT NULL)
                AND (state = 'completed') = (final_test_accuracy IS NOT NULL)),
            CONSTRAINT a_failed_run_has_an_error CHECK (state NOT IN ('failed', 'diverged') OR error IS NOT NULL),
            CONSTRAINT a_completed_run_has_all_epochs CHECK (state <> 'completed' OR epoch >= epochs),
            CONSTRAINT epochs_are_positive CHECK (epochs >= 1 AND epoch >= 0),
            CONSTRAINT only_a_completed_run_has_a_final_validation CHECK (state = 'completed' OR final_validation_accuracy IS NULL)
        ) STRICT;
        INSERT INTO runs (number, id, model, dataset, seed, settings, dataset_digest, priority, epochs, epoch, state, request, attempt, failures, error,
            final_train_accuracy, final_test_accuracy, weights_sha256, submitted_at, note, engine, engine_settings)
            SELECT number, id, model, dataset, seed, settings, dataset_digest, priority, epochs, epoch, state, request, attempt, failures, error,
            final_train_accuracy, final_test_accuracy, weights_sha256, submitted_at, note, engine, engine_settings FROM old_runs;
        DROP TABLE old_runs;
        CREATE TABLE experiments (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            description TEXT,
            submitted_at INTEGER NOT NULL,
            search TEXT
        ) STRICT;
        INSERT INTO experiments (id, name, description, submitted_at)
            SELECT id, name, description, submitted_at FROM old_experiments;
        DROP TABLE old_experiments;
        CREATE INDEX runs_in_queue ON runs (priority DESC, number, engine) WHERE state = 'queued';
        CREATE INDEX runs_of_engines ON runs (engine, priority DESC, number) WHERE engine IS NOT NULL;
        CREATE INDEX runs_by_state ON runs (state);

        CREATE TABLE trials (
            experiment_id INTEGER NOT NULL REFERENCES experiments (id),
            number INTEGER NOT NULL,
            run_id TEXT NOT NULL,
            rung INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (experiment_id, number),
            CONSTRAINT trials_count_from_1 CHECK (number >= 1 AND rung >= 0)
        ) STRICT, WITHOUT ROWID;
        CREATE UNIQUE INDEX trials_of_run ON trials (run_id, experiment_id);
        PRAGMA user_version = 5
        """

    /// Migrates a lab of an older version to this one, in one transaction. A backup of the old database is kept beside it.
    ///
    /// A worker of the older program ends its current run and cannot claim another one.
    static func migrate(_ pool: DatabasePool, _ file: URL, from version: Int) throws {
        let backup = file.deletingLastPathComponent().appending(path: "\(file.lastPathComponent).version\(version)")
        // Another process may be here too. The first backup was made before any migration, and is not replaced.
        if !FileManager.default.fileExists(atPath: backup.path) {
            do { try copy(pool, to: backup) } catch LabError.taken {}
        }
        try pool.writeWithoutTransaction { db in
            // Rows of missing runs stay, for `doctor`.
            try db.execute(sql: "PRAGMA foreign_keys = OFF")
            defer { try? db.execute(sql: "PRAGMA foreign_keys = ON") }
            try db.inTransaction(.immediate) {
                // Another process may have migrated it meanwhile.
                guard case .lab(let version) = try content(db, of: file), version < schemaVersion else { return .rollback }
                for step in version..<schemaVersion {
                    guard let sql = migrations[step] else { preconditionFailure("no migration from version \(step)") }
                    try db.execute(sql: sql)
                }
                return .commit
            }
        }
    }

    /// Makes a consistent copy of the database while others write to it. The copy is complete or absent. Throws `taken` where the
    /// file exists: it is never replaced.
    static func copy(_ pool: DatabasePool, to file: URL) throws {
        let temporary = file.deletingLastPathComponent().appending(path: ".\(file.lastPathComponent).\(UUID().uuidString).tmp")
        try? FileManager.default.removeItem(at: temporary)
        do {
            let copy = try DatabaseQueue(path: temporary.path)
            try pool.backup(to: copy)
            try copy.close()
            guard ExclusiveRename.rename(temporary.path, to: file.path) else {
                if errno == EEXIST { throw LabError.taken(path: file.relativePath) }
                throw LabError.cannotWrite(path: file.relativePath, reason: String(cString: strerror(errno)))
            }
        } catch {
            try? FileManager.default.removeItem(at: temporary)
            throw LabError(database: error, file: file.relativePath) ?? error
        }
    }

    /// Writes a consistent copy of the lab's database to `file` while workers go on. It does not include checkpoints. Throws `taken`
    /// where the file exists.
    public func backup(to file: URL) throws { try Self.copy(database, to: file) }
}
