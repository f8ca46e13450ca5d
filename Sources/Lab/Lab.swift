import Foundation
import GRDB

/// A lab: one folder with the database of runs, their checkpoints and logs.
///
/// Many processes may use a lab at once. Every change is one immediate transaction; what a worker writes names its run and
/// attempt, and changes nothing once a later attempt has the run.
public final class Lab: Sendable {
    public let folder: URL
    public let clock: LabClock
    let database: DatabasePool

    /// How long a worker may be silent before another may take its run.
    public static let lease: Int64 = 20_000
    /// Attempts that may end in an error before a run stays failed.
    public static let attemptsAllowed = 3

    static let applicationID = 0x5043_4E4C
    static let schemaVersion = 1

    public var databaseFile: URL { folder.appending(path: "pcnlab.sqlite") }
    public var checkpoints: URL { folder.appending(path: "checkpoints") }
    public var logs: URL { folder.appending(path: "logs") }

    /// `--lab DIR`, else `PCNLAB_HOME`, else `./.pcnlab`.
    public static func folder(option: String?, environment: [String: String]) -> URL {
        let path = option ?? environment["PCNLAB_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? ".pcnlab"
        return URL(fileURLWithPath: path, isDirectory: true)
    }

    /// Opens the lab in `folder`; with `create`, makes it where there is none.
    public init(_ folder: URL, create: Bool = false, clock: LabClock = .system) throws {
        self.folder = folder
        self.clock = clock
        let file = folder.appending(path: "pcnlab.sqlite")
        if !FileManager.default.fileExists(atPath: file.path) {
            guard create else { throw LabError.noLab(folder: folder.relativePath) }
            try Self.makeFolder(folder)
        }
        for part in ["checkpoints", "logs"] { try Self.makeFolder(folder.appending(path: part)) }
        var configuration = Configuration()
        // A worker waits for a busy database rather than stop training; a person gets an answer in time.
        configuration.busyMode = .timeout(10)
        configuration.prepareDatabase { db in
            // Full: a checkpoint's row must be durable before the file of the one before it is removed.
            try db.execute(sql: "PRAGMA synchronous = FULL")
        }
        do {
            database = try DatabasePool(path: file.path, configuration: configuration)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_NOTADB {
            throw LabError.notALab(file: file.relativePath)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CANTOPEN || error.resultCode == .SQLITE_READONLY {
            throw LabError.cannotWrite(path: file.relativePath, reason: error.message ?? "cannot open")
        }
        try prepareSchema(file)
    }

    private func prepareSchema(_ file: URL) throws {
        try database.write { db in
            let application = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
            let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
            if application == 0, try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") == 0 {
                try db.execute(sql: String(decoding: PackageResources.schema_sql, as: UTF8.self))
            } else if application != Self.applicationID {
                throw LabError.notALab(file: file.relativePath)
            } else if version > Self.schemaVersion {
                throw LabError.newerLab(file: file.relativePath, version: version, known: Self.schemaVersion)
            }
        }
    }

    private static func makeFolder(_ url: URL) throws {
        do {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        } catch {
            throw LabError.cannotWrite(path: url.relativePath, reason: error.localizedDescription)
        }
    }

    /// Adds a line to a run's history.
    func event(_ db: Database, run: String?, attempt: Int? = nil, _ kind: String, _ detail: String? = nil) throws {
        try db.execute(
            sql: "INSERT INTO events (run_id, attempt, at, kind, detail) VALUES (?, ?, ?, ?, ?)",
            arguments: [run, attempt, clock.now(), kind, detail])
    }
}

extension Lab {
    /// Version of the SQLite library in use.
    public static var sqliteVersion: String {
        (try? DatabaseQueue().read { try String.fetchOne($0, sql: "SELECT sqlite_version()") }) ?? "unknown"
    }

    /// What SQLite's own check finds wrong in the database; empty where all is well.
    public func integrityFaults() throws -> [String] {
        try database.read { db in
            try String.fetchAll(db, sql: "PRAGMA integrity_check(10)").filter { $0 != "ok" }
                + (try Row.fetchAll(db, sql: "PRAGMA foreign_key_check")).prefix(10).map { "foreign key: \($0)" }
        }
    }
}
