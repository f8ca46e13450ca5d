-- The schema of a lab's database, pcnlab.sqlite. The program embeds this file and makes an empty lab from it.
-- Times are milliseconds since 1970 (UTC) unless a name says otherwise; accuracies are fractions 0…1.
PRAGMA application_id = 1346588236;  -- "PCNL"
PRAGMA user_version = 5;

-- What `submit` was given under one name; submitting the name again adds to it.
CREATE TABLE experiments (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    description TEXT,
    submitted_at INTEGER NOT NULL,
    search TEXT                                 -- of a search, its space and its rungs: canonical JSON
) STRICT;

-- One training run. `id` is the beginning of the digest of its settings and data set, so equal runs are one row.
CREATE TABLE runs (
    number INTEGER PRIMARY KEY,                 -- order of submission
    id TEXT NOT NULL UNIQUE,
    model TEXT NOT NULL,                        -- such as LinearNet-PCN16
    dataset TEXT NOT NULL,
    seed INTEGER NOT NULL,
    settings TEXT NOT NULL,                     -- canonical JSON (RFC 8785)
    dataset_digest TEXT NOT NULL,
    priority INTEGER NOT NULL DEFAULT 0,
    epochs INTEGER NOT NULL,                    -- how many it trains to: the longest wish of its experiments
    epoch INTEGER NOT NULL DEFAULT 0,           -- how many have a row in `epochs`; more than `epochs` after an extension was cancelled
    state TEXT NOT NULL DEFAULT 'queued',
    request TEXT,                               -- what a running run is asked to do at its next batch
    attempt INTEGER NOT NULL DEFAULT 0,         -- the latest; what an earlier one writes is refused
    failures INTEGER NOT NULL DEFAULT 0,        -- attempts that ended in an error since the run was last queued by a person
    error TEXT,
    final_train_accuracy REAL,                  -- of the final weights over the whole split, as in Table 1
    final_test_accuracy REAL,
    weights_sha256 TEXT,
    submitted_at INTEGER NOT NULL,
    note TEXT,                                  -- a person's own words
    engine TEXT,                                -- the cluster's engine that trains it, such as slurm; NULL: workers of this machine
    engine_settings TEXT,                       -- changes of the lab's settings for its jobs: a JSON list of key=value
    until INTEGER,                              -- of a trial, the epoch at which it waits for the others; NULL: it trains to its end
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

CREATE INDEX runs_in_queue ON runs (priority DESC, number, engine) WHERE state = 'queued';
CREATE INDEX runs_of_engines ON runs (engine, priority DESC, number) WHERE engine IS NOT NULL;
CREATE INDEX runs_by_state ON runs (state);

-- The runs of an experiment. Each experiment wishes a length for its runs; a run trains to the longest wish.
CREATE TABLE experiment_runs (
    experiment_id INTEGER NOT NULL REFERENCES experiments (id),
    run_id TEXT NOT NULL REFERENCES runs (id),
    epochs INTEGER NOT NULL,                    -- the wish
    PRIMARY KEY (experiment_id, run_id),
    CONSTRAINT a_wish_is_positive CHECK (epochs >= 1)
) STRICT, WITHOUT ROWID;

CREATE INDEX experiments_of_run ON experiment_runs (run_id);

-- The trials of a search, by the numbers with which they were drawn. A row outlives a removed run: the trial ranks last then.
CREATE TABLE trials (
    experiment_id INTEGER NOT NULL REFERENCES experiments (id),
    number INTEGER NOT NULL,                    -- from 1
    run_id TEXT NOT NULL,
    rung INTEGER NOT NULL DEFAULT 0,            -- how many rungs it was let past
    PRIMARY KEY (experiment_id, number),
    CONSTRAINT trials_count_from_1 CHECK (number >= 1 AND rung >= 0)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX trials_of_run ON trials (run_id, experiment_id);

CREATE TABLE tags (
    run_id TEXT NOT NULL REFERENCES runs (id),
    tag TEXT NOT NULL,
    PRIMARY KEY (run_id, tag)
) STRICT, WITHOUT ROWID;

-- Each start of a run by a worker, and the lease that the worker holds while it has no end.
CREATE TABLE attempts (
    run_id TEXT NOT NULL REFERENCES runs (id),
    number INTEGER NOT NULL,
    worker TEXT NOT NULL,                       -- process id, its start, and the boot it belongs to
    arithmetic TEXT NOT NULL,                  -- what decides the bits: engine, OpenBLAS and its kernel, C library
    threads INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    heartbeat INTEGER NOT NULL,                 -- milliseconds of the boot's monotonic clock
    ended_at INTEGER,
    outcome TEXT,
    epochs INTEGER,                             -- the length that it trains to; NULL: of a program that did not record it
    PRIMARY KEY (run_id, number),
    CONSTRAINT an_ended_attempt_has_an_outcome CHECK ((ended_at IS NULL) = (outcome IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX attempts_under_way ON attempts (run_id) WHERE ended_at IS NULL;

CREATE TABLE epochs (
    run_id TEXT NOT NULL REFERENCES runs (id),
    epoch INTEGER NOT NULL,
    loss REAL NOT NULL,                         -- mean over the epoch's samples
    train_accuracy REAL NOT NULL,               -- running mean over the epoch's batches
    test_accuracy REAL NOT NULL,                -- a full pass after the epoch
    seconds REAL NOT NULL,
    validation_accuracy REAL                    -- a full pass after the epoch, of a run with validation_samples
        CONSTRAINT a_validation_accuracy_is_a_fraction CHECK (validation_accuracy BETWEEN 0 AND 1),
    PRIMARY KEY (run_id, epoch),
    CONSTRAINT epochs_count_from_1 CHECK (epoch >= 1),
    CONSTRAINT accuracies_are_fractions CHECK (train_accuracy BETWEEN 0 AND 1 AND test_accuracy BETWEEN 0 AND 1)
) STRICT, WITHOUT ROWID;

-- The final figures of every length at which a run was once completed. They stay, whatever becomes of an extension.
CREATE TABLE completions (
    run_id TEXT NOT NULL REFERENCES runs (id),
    epochs INTEGER NOT NULL,
    train_accuracy REAL NOT NULL,               -- of the weights after that epoch over the whole split, as in Table 1
    test_accuracy REAL NOT NULL,
    weights_sha256 TEXT NOT NULL,
    completed_at INTEGER NOT NULL,
    validation_accuracy REAL,
    PRIMARY KEY (run_id, epochs),
    CONSTRAINT a_completion_has_epochs CHECK (epochs >= 1),
    CONSTRAINT final_accuracies_are_fractions CHECK (train_accuracy BETWEEN 0 AND 1 AND test_accuracy BETWEEN 0 AND 1)
) STRICT, WITHOUT ROWID;

-- Durable checkpoint files, by the place in training from which they go on.
CREATE TABLE checkpoints (
    run_id TEXT NOT NULL REFERENCES runs (id),
    epoch INTEGER NOT NULL,                     -- epochs completed
    batch INTEGER NOT NULL,                     -- batches of the next epoch done
    attempt INTEGER NOT NULL,
    file TEXT NOT NULL,                         -- within the lab's folder
    bytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    kept INTEGER NOT NULL,                      -- 1: by checkpoint_every; 0: makes room for newer ones
    saved_at INTEGER NOT NULL,
    PRIMARY KEY (run_id, epoch, batch)
) STRICT, WITHOUT ROWID;

-- The history of the lab. An id is never used again.
CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id TEXT REFERENCES runs (id),
    attempt INTEGER,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    detail TEXT
) STRICT;

CREATE INDEX events_of_run ON events (run_id, id);

-- Job arrays that were submitted to a cluster's engine. The token is stored before the engine is called, and given to it as the jobs'
-- comment: jobs whose submission was interrupted are found by it.
CREATE TABLE submissions (
    token TEXT PRIMARY KEY,
    engine TEXT NOT NULL,
    job TEXT,                                   -- the engine's id; NULL until it is known
    submitted_at INTEGER NOT NULL,
    next_begin INTEGER NOT NULL                 -- before this time no job of a later submission may start
) STRICT, WITHOUT ROWID;

-- Attempts that jobs of a cluster make. They have no lease. One that has started has a row in `attempts` too. A row outlives a removed
-- run, until its job has ended.
CREATE TABLE remote_attempts (
    run_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    token TEXT NOT NULL REFERENCES submissions (token),
    task INTEGER NOT NULL,                      -- of the job array
    place INTEGER NOT NULL,                     -- order among the runs of the same task
    epochs INTEGER NOT NULL,                    -- the length that it trains to
    node TEXT,
    reason TEXT,                                -- why its job waits, in the engine's words; or why it ended without a start
    beat INTEGER,                               -- the trainer's count of heartbeats as last seen,
    beat_at INTEGER,                            -- and when it was last seen to have changed (of the monotonic clock)
    start TEXT,                                 -- the start whose journal was read,
    offset INTEGER,                             -- and how many bytes of it
    missing_since INTEGER,                      -- when the engine was first seen not to have the job any more (the same)
    ended_at INTEGER,
    PRIMARY KEY (run_id, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX remote_attempts_under_way ON remote_attempts (token, task, place) WHERE ended_at IS NULL;

-- What is known of the cluster's nodes.
CREATE TABLE nodes (
    engine TEXT NOT NULL,
    name TEXT NOT NULL,
    arithmetic TEXT NOT NULL,
    quick_deaths INTEGER NOT NULL DEFAULT 0,    -- jobs in sequence that died soon after their start
    excluded_at INTEGER,                        -- since when no job is sent there
    PRIMARY KEY (engine, name)
) STRICT, WITHOUT ROWID;

-- Runs that were removed, with their latest attempt. A run that is submitted again continues from this number, so that a worker which
-- still trains the removed one is superseded.
CREATE TABLE removed_runs (
    run_id TEXT PRIMARY KEY,
    attempt INTEGER NOT NULL,
    removed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Digests of data set files, good as long as size and time of change are the same.
CREATE TABLE file_digests (
    path TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL,
    digest TEXT NOT NULL
) STRICT, WITHOUT ROWID;
