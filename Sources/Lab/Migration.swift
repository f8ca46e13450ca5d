import Foundation
import GRDB
import Specs

extension Lab {
    /// The statements that migrate a lab to the next schema version, by the version that they start from. Never changed once released.
    private static let migrations: [Int: String] = [
        1: "ALTER TABLE attempts RENAME COLUMN blas_kernel TO arithmetic; PRAGMA user_version = 2"
    ]

    /// Migrates a lab of an older version to this one, in one transaction. A backup of the old database is kept beside it.
    ///
    /// A worker of the older program ends its current run and cannot claim another one.
    static func migrate(_ pool: DatabasePool, _ file: URL, from version: Int) throws {
        let backup = file.deletingLastPathComponent().appending(path: "\(file.lastPathComponent).version\(version)")
        // Another process may be here too. The first backup was made before any migration, and is not replaced.
        if !FileManager.default.fileExists(atPath: backup.path) {
            do { try copy(pool, to: backup) } catch LabError.taken {}
        }
        try pool.write { db in
            // Another process may have migrated it meanwhile.
            guard case .lab(let version) = try content(db, of: file), version < schemaVersion else { return }
            for step in version..<schemaVersion {
                guard let sql = migrations[step] else { preconditionFailure("no migration from version \(step)") }
                try db.execute(sql: sql)
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
