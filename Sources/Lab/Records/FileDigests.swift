import GRDB

extension Lab {
    /// The stored digest of a file with this path, size and modification time; nil if any of them differs.
    public func digest(ofFile path: String, size: Int64, modifiedNanoseconds: Int64) throws -> String? {
        try database.read { db in
            try String.fetchOne(
                db, sql: "SELECT digest FROM file_digests WHERE path = ? AND size = ? AND modified_ns = ?",
                arguments: [path, size, modifiedNanoseconds])
        }
    }

    /// Stores a file's digest.
    public func remember(digest: String, ofFile path: String, size: Int64, modifiedNanoseconds: Int64) throws {
        try database.write { db in
            try db.execute(
                sql: "INSERT OR REPLACE INTO file_digests (path, size, modified_ns, digest) VALUES (?, ?, ?, ?)",
                arguments: [path, size, modifiedNanoseconds, digest])
        }
    }
}
