import Foundation
import GRDB
import ProgramUnderTest

extension Program {
    /// Holds a worker still (SIGSTOP) while it is not writing to the lab's database: one that is stopped within a transaction keeps
    /// the lock, and every command that changes the lab would wait for it in vain.
    func suspend(_ worker: Running) throws {
        let database = try DatabaseQueue(path: lab.appending(path: "pcnlab.sqlite").path)
        try until {
            kill(worker.process.processIdentifier, SIGSTOP)
            // Its other threads stop a moment later.
            Thread.sleep(forTimeInterval: 0.05)
            do {
                try database.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE; ROLLBACK") }
                return true
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
                kill(worker.process.processIdentifier, SIGCONT)
                return false
            }
        }
        try database.close()
    }
}
