import Foundation
import GRDB

extension Lab {
    /// What a file contains that may be a lab's database.
    enum Content: Equatable {
        /// No tables yet. A lab is made in it.
        case empty
        /// A lab, with the version of its schema.
        case lab(version: Int)
    }

    /// "PCNL", as in schema.sql.
    static let applicationID = 0x5043_4E4C
    /// As in schema.sql.
    static let schemaVersion = 5

    /// Examines a database without changing it. Throws `notALab` for a database of another program, `newerLab` for a lab of a later
    /// version, `damaged` for an invalid one.
    static func content(_ db: Database, of file: URL) throws -> Content {
        let application = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        if application == 0, try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") == 0 {
            let checkpoints = file.deletingLastPathComponent().appending(path: "checkpoints").path
            if (try? FileManager.default.contentsOfDirectory(atPath: checkpoints).isEmpty) ?? true { return .empty }
            throw LabError.damaged(file: file.relativePath, reason: "is empty, and there are checkpoints beside it")
        }
        guard application == applicationID else { throw LabError.notALab(file: file.relativePath) }
        guard version <= schemaVersion else {
            throw LabError.newerLab(file: file.relativePath, version: version, known: schemaVersion)
        }
        guard version >= 1 else {
            throw LabError.damaged(file: file.relativePath, reason: "says that its schema has version \(version)")
        }
        return .lab(version: version)
    }

    /// Opens a lab's database, and makes it if the file is missing or empty. A pool would switch any database to write-ahead logging, so
    /// a read-only connection examines it first: a file that is no lab is not changed.
    ///
    /// SQLite waits for other connections, but not where it could wait for ever: of several that open a new file at once and switch it to
    /// write-ahead logging, all but one may get SQLITE_BUSY at once. They try again.
    static func open(_ file: URL, busyTimeout: TimeInterval) throws -> DatabasePool {
        let end = ContinuousClock.now + .seconds(busyTimeout)
        while true {
            do {
                return try openOnce(file, busyTimeout: busyTimeout)
            } catch LabError.busy where ContinuousClock.now < end {
                Thread.sleep(forTimeInterval: 0.01)
            }
        }
    }

    private static func openOnce(_ file: URL, busyTimeout: TimeInterval) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.busyMode = .timeout(busyTimeout)
        // 64 MB hold the indices of a lab of 100,000 runs.
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA cache_size = -65536") }
        do {
            var content = Content.empty
            if FileManager.default.fileExists(atPath: file.path) {
                var looking = configuration
                looking.readonly = true
                content = try DatabaseQueue(path: file.path, configuration: looking).read { try Self.content($0, of: file) }
            }
            let pool = try DatabasePool(path: file.path, configuration: configuration)
            // FULL: a checkpoint's row must be durable before the previous checkpoint's file is removed. The pool sets NORMAL when it
            // opens its writer, so this must come later.
            // No automatic checkpoint of the log: it would move pages into the database and leave the log as it is until the next write. Of
            // a log that is damaged meanwhile SQLite reads a part, and combines old pages with new ones. See `Lab.settle`.
            try pool.writeWithoutTransaction {
                try $0.execute(sql: "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0")
            }
            switch content {
            case .empty: try makeSchema(pool, file)
            case .lab(let version): if version < schemaVersion { try migrate(pool, file, from: version) }
            }
            return pool
        } catch let error as DatabaseError {
            switch error.resultCode {
            case .SQLITE_NOTADB: throw LabError.notALab(file: file.relativePath)
            case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM:
                throw LabError.cannotWrite(path: file.relativePath, reason: error.message ?? "cannot open")
            default: throw LabError(database: error, file: file.relativePath) ?? error
            }
        }
    }

    /// Executes schema.sql, unless another process has done so meanwhile.
    private static func makeSchema(_ pool: DatabasePool, _ file: URL) throws {
        try pool.write { db in
            guard try content(db, of: file) == .empty else { return }
            try db.execute(sql: String(decoding: PackageResources.schema_sql, as: UTF8.self))
        }
    }
}
