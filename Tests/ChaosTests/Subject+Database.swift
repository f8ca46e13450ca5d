import Foundation
import GRDB

extension Subject {
    /// A connection of the test's own.
    func database() throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.busyMode = .timeout(20)
        return try DatabaseQueue(path: program.lab.appending(path: "pcnlab.sqlite").path, configuration: configuration)
    }

    /// Lengthens the write-ahead log by an event that belongs to no run. The log keeps this length only while the returned
    /// connection is open: SQLite checkpoints the log when the last connection closes.
    func lengthenLog(pages: Int) throws -> DatabaseQueue {
        let database = try database()
        try database.write {
            try $0.execute(
                sql: "INSERT INTO events (at, kind, detail) VALUES (0, 'filler', ?)",
                arguments: [String(repeating: "x", count: pages * 4096)])
        }
        return database
    }

    /// Holds the write lock while `body` runs.
    func holdingTheDatabase(_ body: () -> Void) throws {
        try database().inTransaction(.immediate) { _ in
            body()
            return .commit
        }
    }
}
