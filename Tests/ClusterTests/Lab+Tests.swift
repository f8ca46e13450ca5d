import GRDB

@testable import Lab

extension Lab {
    /// Makes all submissions older.
    func setBackSubmissions(seconds: Int) throws {
        try database.write { db in
            try db.execute(sql: "UPDATE submissions SET submitted_at = submitted_at - ?, next_begin = next_begin - ?",
                arguments: [seconds * 1000, seconds * 1000])
        }
    }
}
