import Foundation
import Lab
import Operations

/// Waits for storage that cannot be written: a full disk, a folder without permission, a read-only file system.
///
/// The run is not failed for it. It waits, says why, and continues when the storage can be written again. If it is told to stop
/// meanwhile, it returns to the queue and continues from its last checkpoint later.
struct StorageWait: Sendable {
    let lab: Lab
    let claim: Claim
    let control: RunControl
    let reporter: ProgressReporter

    func callAsFunction<T>(_ body: () throws -> T) throws -> T {
        var trouble: (reason: String, since: Date)?
        while true {
            do {
                let result = try body()
                if let trouble { goesOn(trouble.reason, after: Date().timeIntervalSince(trouble.since)) }
                return result
            } catch {
                let failure = Failure(error)
                guard failure.code == Exit.cannotWrite, !control.shouldStop else { throw error }
                if trouble == nil {
                    trouble = (failure.message, Date())
                    reporter.waiting(claim, "waits: \(failure.message)")
                }
                for _ in 0..<5 where !control.shouldStop { Thread.sleep(forTimeInterval: 0.1) }
            }
        }
    }

    /// Adds the event to the run's history. Only now, because the database itself may have been unavailable.
    private func goesOn(_ reason: String, after seconds: TimeInterval) {
        let text = "\(reason); waited \(Format.duration(max(0, seconds)))"
        reporter.waiting(claim, "goes on: \(text)")
        try? lab.note("storage trouble", text, run: claim.run, attempt: claim.attempt)
    }
}
