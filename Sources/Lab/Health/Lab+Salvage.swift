import Foundation
import GRDB

extension Lab {
    /// What `salvage` did.
    public struct Salvaged: Sendable {
        public let rows: Int
        /// Rows that break a rule of the schema, and are there no more.
        public let refused: Int
        /// A copy of the damaged database.
        public let damagedFile: URL
    }

    /// Makes a sound database of what can be read in a damaged one, and a copy of that beside it.
    ///
    /// The new contents are written over the old ones, in one transaction: the file stays the same one, so that nobody can be
    /// left with the log of one database beside another. Throws `busy` while anybody else has the lab open, `notALab`,
    /// `newerLab` or `damaged` where nothing can be read.
    public static func salvage(_ folder: URL, clock: LabClock = .system) throws -> Salvaged {
        let file = folder.appending(path: "pcnlab.sqlite"), temporary = folder.appending(path: ".pcnlab.sqlite.salvage.tmp")
        remove(temporary)
        defer { remove(temporary) }
        do {
            let database = try openAlone(file), fresh = try DatabaseQueue(path: temporary.path, configuration: withoutForeignKeys)
            // Not in a transaction: SQLite refuses to end one in which it met a damaged page.
            let rows = try database.unsafeRead { db in
                guard case .lab(schemaVersion) = try content(db, of: file) else {
                    throw LabError.damaged(file: file.relativePath, reason: "is damaged, and of an older pcnlab")
                }
                return try fresh.write { fresh in
                    try fresh.execute(sql: String(decoding: PackageResources.schema_sql, as: UTF8.self))
                    return try Salvage.copy(db, into: fresh)
                }
            }
            let damaged = try copyAside(file, "pcnlab.sqlite.damaged-\(clock.now())")
            try fresh.backup(to: database)
            try fresh.close()
            try database.close()
            return Salvaged(rows: rows.copied, refused: rows.refused, damagedFile: damaged)
        } catch let error as DatabaseError {
            throw LabError(database: error, file: file.relativePath) ?? error
        }
    }

    /// A connection to a damaged database, that of one who is alone with it.
    private static func openAlone(_ file: URL) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.busyMode = .timeout(2)
        // In write-ahead mode this lock is given only to one who is alone. With a schema that may be written, SQLite reads a
        // file that is shorter than its header says.
        configuration.prepareDatabase {
            try $0.execute(sql: "PRAGMA locking_mode = EXCLUSIVE; PRAGMA writable_schema = ON")
        }
        return try DatabaseQueue(path: file.path, configuration: configuration)
    }

    /// Rows of runs that are gone are kept: to remove them is another repair.
    private static var withoutForeignKeys: Configuration {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        return configuration
    }

    private static func copyAside(_ file: URL, _ name: String) throws -> URL {
        let copy = file.deletingLastPathComponent().appending(path: name)
        do {
            for part in ["", "-wal"] where FileManager.default.fileExists(atPath: file.path + part) {
                try FileManager.default.copyItem(atPath: file.path + part, toPath: copy.path + part)
            }
        } catch {
            throw LabError.cannotWrite(path: copy.relativePath, reason: error.localizedDescription)
        }
        return copy
    }

    private static func remove(_ file: URL) {
        for part in ["", "-wal", "-shm", "-journal"] { unlink(file.path + part) }
    }
}
