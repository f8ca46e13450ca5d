import Foundation
import GRDB

extension Subject {
    /// A connection of the tests' own, as another program may have one.
    func database() throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.busyMode = .timeout(20)
        return try DatabaseQueue(path: program.lab.appending(path: "pcnlab.sqlite").path, configuration: configuration)
    }

    /// Makes the write-ahead log longer, by a line in the history that belongs to no run. The log is that long only while the
    /// connection is there: the last one to close moves it into the database.
    func lengthenLog(pages: Int) throws -> DatabaseQueue {
        let database = try database()
        try database.write {
            try $0.execute(
                sql: "INSERT INTO events (at, kind, detail) VALUES (0, 'filler', ?)",
                arguments: [String(repeating: "x", count: pages * 4096)])
        }
        return database
    }

    /// Holds the write lock meanwhile, as a slow writer would.
    func holdingTheDatabase(_ body: () -> Void) throws {
        try database().inTransaction(.immediate) { _ in
            body()
            return .commit
        }
    }
}
