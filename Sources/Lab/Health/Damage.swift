/// A defect of a lab, as data. `description` is its sentence.
public enum Damage: Sendable, Equatable, CustomStringConvertible {
    /// The database itself, in the words of SQLite's own check.
    case database([String])
    /// A run of an experiment that is missing.
    case lost(run: String, experiment: String)
    /// Runs that belong to a missing experiment.
    case nameless(experiment: Int64, runs: Int)
    /// Rows of a table that belong to no run.
    case ownerless(table: String, rows: Int)
    /// A run whose settings do not match its id, or cannot be read.
    case run(String, reason: String)
    /// A run in the state `running` that no worker trains.
    case abandoned(run: String)
    /// A run whose `epoch` differs from the last epoch up to which its rows have no gap.
    case gap(run: String, epoch: Int, whole: Int)
    /// A checkpoint whose file is missing, is not what was written, or is outside the lab.
    case checkpoint(run: String, CheckpointRecord, reason: String)
    /// A file that this program has no permission to read. It may be undamaged.
    case unreadable(file: String, reason: String)
    /// A file that is incomplete, or superseded by newer checkpoints of its run. The path is relative to the lab's folder.
    case stray(file: String)

    public var description: String {
        switch self {
        case .database(let faults): "the database is damaged: \(faults.joined(separator: "; "))"
        case .lost(let run, let experiment): "run \(run) of experiment \(experiment) is lost"
        case .nameless(_, let runs): "\(runs) \(runs == 1 ? "run belongs" : "runs belong") to an experiment that is not there"
        case .ownerless(let table, let rows): "\(rows) \(rows == 1 ? "row" : "rows") of \(table) belong to no run"
        case .run(let run, let reason): "run \(run): \(reason)"
        case .abandoned(let run): "run \(run) is running, and no worker is there"
        case .gap(let run, let epoch, let whole): "run \(run) is at epoch \(epoch), and its rows are whole up to epoch \(whole)"
        case .checkpoint(let run, let checkpoint, let reason):
            "the checkpoint of run \(run) at epoch \(checkpoint.epoch), batch \(checkpoint.batch) cannot be used: \(reason)"
        case .unreadable(_, let reason): reason
        case .stray(let file): "\(file) is left over: no run will read it"
        }
    }

    /// What `Lab.repair` does about it; nil if only a person can repair it.
    public var repair: String? {
        switch self {
        case .database: "what can be read goes into a new database; the damaged one stays beside it"
        case .lost: "it comes back from its checkpoint; without one, submit the experiment's spec again"
        case .nameless(let number, _): "it comes back as recovered-\(number)"
        case .ownerless: "they are removed"
        case .run: "its settings are taken from its checkpoint; without one, submit its spec again"
        case .abandoned: "it is queued again, and goes on from its checkpoint"
        case .gap(_, let epoch, let whole) where epoch < whole: "it is set to epoch \(whole)"
        case .gap(_, _, let whole): "it is set back to epoch \(whole), and trained from the checkpoint before to the same bits"
        case .checkpoint: "it is forgotten; the run (a completed one once it is retried) goes on from the one before"
        case .unreadable: nil
        case .stray: "it is removed"
        }
    }

    /// Whether its repair changes the database.
    public var isInDatabase: Bool {
        switch self {
        case .stray, .unreadable: false
        default: true
        }
    }
}
