import GRDB

@testable import Lab

extension Lab {
    /// Makes all submissions older.
    func setBackSubmissions(seconds: Int) throws {
        try database.write { db in
            try db.execute(
                sql: "UPDATE submissions SET submitted_at = submitted_at - ?, next_begin = next_begin - ?",
                arguments: [seconds * 1000, seconds * 1000])
        }
    }
}

extension Lab {
    /// Gives all runs another digest of their data.
    func setDigests(_ digest: String) throws {
        try database.write { try $0.execute(sql: "UPDATE runs SET dataset_digest = ?", arguments: [digest]) }
    }
}
