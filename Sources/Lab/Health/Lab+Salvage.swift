import Foundation
import GRDB

extension Lab {
    /// What `salvage` did.
    public struct Salvaged: Sendable {
        public let rows: Int
        /// Rows that violate a constraint of the schema. They are only in the copy.
        public let refused: Int
        /// A copy of the damaged database.
        public let damagedFile: URL
    }

    /// Rebuilds a damaged database from what can be read of it. A copy of the damaged one is made beside it.
    ///
    /// The new contents replace the old ones in the same file, in one transaction, so that no process can combine the log of one
    /// database with another. Throws `busy` while another process has the lab open, `notALab`,
    /// `newerLab` or `damaged` where nothing can be read.
    public static func salvage(_ folder: URL, clock: LabClock = .system) throws -> Salvaged {
        let file = folder.appending(path: "pcnlab.sqlite"), temporary = folder.appending(path: ".pcnlab.sqlite.salvage.tmp")
        remove(temporary)
        defer { remove(temporary) }
        do {
            let database = try openAlone(file), fresh = try DatabaseQueue(path: temporary.path, configuration: withoutForeignKeys)
            // Not in a transaction: SQLite refuses to commit one in which it read a damaged page.
            let rows = try database.unsafeRead { db in
                guard case .lab(schemaVersion) = try content(db, of: file) else {
                    throw LabError.damaged(file: file.relativePath, reason: "is empty, or of an older pcnlab")
                }
                return try fresh.write { fresh in
                    try fresh.execute(sql: String(decoding: PackageResources.schema_sql, as: UTF8.self))
                    return try Salvage.copy(db, into: fresh)
                }
            }
            let damaged = folder.appending(path: "pcnlab.sqlite.damaged-\(clock.now())")
            // Closing a file releases every lock that the process holds on it (fcntl(2)). These stay open until the end.
            let sources = try copyAside(file, to: damaged)
            defer { sources.forEach { try? $0.close() } }
            try fresh.backup(to: database)
            try fresh.close()
            try database.close()
            return Salvaged(rows: rows.copied, refused: rows.refused, damagedFile: damaged)
        } catch let error as DatabaseError {
            throw LabError(database: error, file: file.relativePath) ?? error
        }
    }

    /// Opens an exclusive connection to a damaged database.
    private static func openAlone(_ file: URL) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.busyMode = .timeout(2)
        // In write-ahead mode this lock is granted only if no other connection exists. With a writable schema SQLite reads a file
        // that is shorter than its header says.
        configuration.prepareDatabase {
            try $0.execute(sql: "PRAGMA locking_mode = EXCLUSIVE; PRAGMA writable_schema = ON")
        }
        return try DatabaseQueue(path: file.path, configuration: configuration)
    }

    /// Rows of missing runs are kept. Removing them is a separate repair.
    private static var withoutForeignKeys: Configuration {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        return configuration
    }

    /// Copies a database and its log. Returns the source files, still open.
    private static func copyAside(_ file: URL, to copy: URL) throws -> [FileHandle] {
        do {
            return try ["", "-wal"].compactMap { part in
                guard let source = FileHandle(forReadingAtPath: file.path + part) else { return nil }
                try Data().write(to: URL(fileURLWithPath: copy.path + part), options: .withoutOverwriting)
                let target = try FileHandle(forWritingTo: URL(fileURLWithPath: copy.path + part))
                while let bytes = try source.read(upToCount: 1 << 24), !bytes.isEmpty { try target.write(contentsOf: bytes) }
                try target.synchronize()
                try target.close()
                return source
            }
        } catch {
            throw LabError.cannotWrite(path: copy.relativePath, reason: error.systemReason)
        }
    }

    private static func remove(_ file: URL) {
        for part in ["", "-wal", "-shm", "-journal"] { unlink(file.path + part) }
    }
}
