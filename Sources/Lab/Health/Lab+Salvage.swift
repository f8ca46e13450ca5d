import Foundation
import GRDB

extension Lab {
    /// What `salvage` did.
    public struct Salvaged: Sendable {
        public let rows: Int
        /// Rows that break a rule of the schema, and are not in the new database.
        public let refused: Int
        /// The damaged database, which is kept.
        public let damagedFile: URL
    }

    /// Makes a new database of what can be read in a damaged one, and puts it in its place; the damaged one stays beside it.
    ///
    /// Throws `busy` while anybody else has the lab open, `notALab`, `newerLab` or `damaged` where nothing can be read.
    public static func salvage(_ folder: URL, clock: LabClock = .system) throws -> Salvaged {
        let file = folder.appending(path: "pcnlab.sqlite")
        let temporary = folder.appending(path: ".pcnlab.sqlite.salvage.tmp")
        remove(temporary)
        defer { remove(temporary) }
        do {
            let rows = try copy(file, to: temporary)
            let damaged = folder.appending(path: "pcnlab.sqlite.damaged-\(clock.now())")
            try link(file, damaged)
            // A log must never come to lie beside a database that it does not belong to.
            for part in ["-wal", "-shm"] { _ = rename(file.path + part, damaged.path + part) }
            guard rename(temporary.path, file.path) == 0 else { throw cannotWrite(file) }
            return Salvaged(rows: rows.copied, refused: rows.refused, damagedFile: damaged)
        } catch let error as DatabaseError {
            throw LabError(database: error, file: file.relativePath) ?? error
        }
    }

    private static func copy(_ file: URL, to temporary: URL) throws -> (copied: Int, refused: Int) {
        var configuration = Configuration()
        configuration.busyMode = .timeout(2)
        // In write-ahead mode this lock is given only to one who is alone. With a schema that may be written, SQLite reads a
        // file that is shorter than its header says.
        configuration.prepareDatabase {
            try $0.execute(sql: "PRAGMA locking_mode = EXCLUSIVE; PRAGMA writable_schema = ON")
        }
        let source = try DatabaseQueue(path: file.path, configuration: configuration)
        var plain = Configuration()
        // Rows of runs that are gone are kept here; to remove them is another repair.
        plain.foreignKeysEnabled = false
        let target = try DatabaseQueue(path: temporary.path, configuration: plain)
        // Not in a transaction: SQLite refuses to end one in which it met a damaged page.
        let rows = try source.unsafeRead { source in
            guard case .lab(schemaVersion) = try content(source, of: file) else {
                throw LabError.damaged(file: file.relativePath, reason: "is damaged, and of an older pcnlab")
            }
            return try target.write { target in
                try target.execute(sql: String(decoding: PackageResources.schema_sql, as: UTF8.self))
                return try Salvage.copy(source, into: target)
            }
        }
        try target.close()
        return rows
    }

    private static func link(_ file: URL, _ other: URL) throws {
        guard Foundation.link(file.path, other.path) == 0 else { throw cannotWrite(other) }
    }

    private static func cannotWrite(_ file: URL) -> LabError {
        .cannotWrite(path: file.relativePath, reason: String(cString: strerror(errno)))
    }

    private static func remove(_ file: URL) {
        for part in ["", "-wal", "-shm", "-journal"] { unlink(file.path + part) }
    }
}
