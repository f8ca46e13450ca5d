import Foundation
import GRDB

/// A lab: one folder with the database of runs, their checkpoints and logs.
///
/// Several processes may use a lab at the same time. Every change is one immediate transaction. A worker's write names its run and
/// attempt, and changes nothing once a later attempt has the run.
public final class Lab: Sendable {
    public let folder: URL
    public let clock: LabClock
    let database: DatabasePool
    public let backoff: Backoff

    /// Milliseconds without a heartbeat after which a worker's run may be released.
    public static let lease: Int64 = 20_000
    /// Number of attempts that may end in an error. After the last of them the run stays failed.
    static let attemptsAllowed = 3
    /// Number of workers that may die with a run, without a checkpoint between them, before it is failed.
    static let deathsAllowed = 10

    public var databaseFile: URL { folder.appending(path: "pcnlab.sqlite") }
    public var checkpoints: URL { folder.appending(path: "checkpoints") }
    public var logs: URL { folder.appending(path: "logs") }

    /// `--lab DIR`, else `PCNLAB_HOME`, else `./.pcnlab`.
    public static func folder(option: String?, environment: [String: String]) -> URL {
        let path = option ?? environment["PCNLAB_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? ".pcnlab"
        return URL(fileURLWithPath: path, isDirectory: true)
    }

    /// Opens the lab in `folder`. With `create`, makes it if there is none. Throws `noLab`, `notALab`, `newerLab`,
    /// `damaged` or `cannotWrite`.
    public convenience init(_ folder: URL, create: Bool = false, clock: LabClock = .system) throws {
        // A worker waits for a busy database and does not stop training; a person still gets an answer in time.
        try self.init(folder, create: create, clock: clock, busyTimeout: 10)
    }

    /// The same with the number of seconds after which a database that another connection writes to counts as busy, and other delays
    /// after failures.
    init(_ folder: URL, create: Bool, clock: LabClock, busyTimeout: TimeInterval, backoff: Backoff = .standard) throws {
        self.folder = folder
        self.clock = clock
        self.backoff = backoff
        let file = folder.appending(path: "pcnlab.sqlite")
        if !FileManager.default.fileExists(atPath: file.path) {
            guard create else { throw LabError.noLab(folder: folder.relativePath) }
            try Self.makeFolder(folder)
        }
        database = try Self.open(file, busyTimeout: busyTimeout)
        for part in ["checkpoints", "logs"] { try Self.makeFolder(folder.appending(path: part)) }
    }

    private static func makeFolder(_ url: URL) throws {
        do {
            try FileManager.default.makeFolder(at: url)
        } catch {
            throw LabError.cannotWrite(path: url.relativePath, reason: error.reason)
        }
    }
}

extension Lab {
    /// Closes the database. The lab must not be used afterwards.
    public func close() throws { try database.close() }

    /// Moves committed pages from the write-ahead log into the database, unless another connection prevents it. Later damage to the log
    /// cannot lose them then. The log is truncated: of a log that was moved and then damaged, SQLite would read a part, and combine old
    /// pages with new ones.
    public func settle() { try? database.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) } }

    /// The same when the log has become long. Workers call it from time to time. It waits a moment for readers of the log, because writers
    /// wait meanwhile.
    func settleLongLog() {
        let size = (try? FileManager.default.attributesOfItem(atPath: databaseFile.path + "-wal"))?[.size] as? Int64 ?? 0
        guard size > Self.longLog else { return }
        try? database.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA busy_timeout = 100")
            defer { try? db.execute(sql: "PRAGMA busy_timeout = 10000") }
            _ = try db.checkpoint(.truncate)
        }
    }

    /// Bytes of a log that is long: about a thousand pages.
    private static let longLog: Int64 = 4 << 20

    /// Version of the SQLite library in use.
    public static var sqliteVersion: String {
        (try? DatabaseQueue().read { try String.fetchOne($0, sql: "SELECT sqlite_version()") }) ?? "unknown"
    }
}
