/// A point at which a worker is killed: before, during or after a call of the C library on files that match a pattern.
struct FaultPoint: Sendable, CustomStringConvertible {
    let description: String
    let call: String
    let pattern: String
    let when: String

    /// SQLite syncs the database file only once in a thousand pages.
    var isRare: Bool { (call, pattern) == ("fsync", "*.sqlite") }

    /// The shim's rule for the `count`th such call.
    func rule(_ count: Int) -> String { "\(call) \(pattern) \(count) \(when)" }

    /// Around the write, sync and rename of a checkpoint, a commit, a checkpoint of the write-ahead log, and the removal of an old
    /// checkpoint.
    static let all: [FaultPoint] = [
        FaultPoint("before a checkpoint's bytes", "write", "*.tmp", "before"),
        FaultPoint("in the middle of a checkpoint's bytes", "write", "*.tmp", "half"),
        FaultPoint("before a checkpoint is synced", "fsync", "*.tmp", "before"),
        FaultPoint("after a checkpoint is synced", "fsync", "*.tmp", "after"),
        FaultPoint("before a checkpoint gets its name", "rename", "*.safetensors", "before"),
        FaultPoint("after a checkpoint got its name", "rename", "*.safetensors", "after"),
        FaultPoint("before a checkpoint's folder is synced", "fsync", "*/checkpoints/*[0-9a-f]", "before"),
        FaultPoint("after a checkpoint's folder is synced", "fsync", "*/checkpoints/*[0-9a-f]", "after"),
        FaultPoint("before an old checkpoint is removed", "unlink", "*.safetensors", "before"),
        FaultPoint("after an old checkpoint is removed", "unlink", "*.safetensors", "after"),
        FaultPoint("before a commit is written", "pwrite", "*-wal", "before"),
        FaultPoint("in the middle of a commit's bytes", "pwrite", "*-wal", "half"),
        FaultPoint("before a commit is synced", "fsync", "*-wal", "before"),
        FaultPoint("after a commit is synced", "fsync", "*-wal", "after"),
        FaultPoint("before the log is moved into the database", "pwrite", "*.sqlite", "before"),
        FaultPoint("while the log is moved into the database", "pwrite", "*.sqlite", "half"),
        FaultPoint("before the database is synced", "fsync", "*.sqlite", "before"),
        FaultPoint("after the database is synced", "fsync", "*.sqlite", "after"),
    ]

    private init(_ description: String, _ call: String, _ pattern: String, _ when: String) {
        (self.description, self.call, self.pattern, self.when) = (description, call, pattern, when)
    }
}
