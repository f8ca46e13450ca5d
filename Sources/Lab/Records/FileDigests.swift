import GRDB

extension Lab {
    /// The digest remembered for a file of this path, size and time of change; nil when any of them differs.
    public func digest(ofFile path: String, size: Int64, modifiedNanoseconds: Int64) throws -> String? {
        try database.read { db in
            try String.fetchOne(
                db, sql: "SELECT digest FROM file_digests WHERE path = ? AND size = ? AND modified_ns = ?",
                arguments: [path, size, modifiedNanoseconds])
        }
    }

    /// Remembers a file's digest.
    public func remember(digest: String, ofFile path: String, size: Int64, modifiedNanoseconds: Int64) throws {
        try database.write { db in
            try db.execute(
                sql: "INSERT OR REPLACE INTO file_digests (path, size, modified_ns, digest) VALUES (?, ?, ?, ?)",
                arguments: [path, size, modifiedNanoseconds, digest])
        }
    }
}
