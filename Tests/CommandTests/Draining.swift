import Foundation
import GRDB
import ProgramUnderTest

extension Program {
    /// `work --drain`. The ends of attempts are moved back meanwhile, so that a run that failed does not wait for its next attempt.
    func drainWithoutBackoff() throws -> Output {
        let work = try start(["work", "--drain"])
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        let database = try DatabaseQueue(path: lab.appending(path: "pcnlab.sqlite").path, configuration: configuration)
        while work.process.isRunning {
            try database.write { try $0.execute(sql: "UPDATE attempts SET ended_at = ended_at - 1000000 WHERE ended_at > 1e12") }
            Thread.sleep(forTimeInterval: 0.2)
        }
        try database.close()
        return try work.finish()
    }
}
