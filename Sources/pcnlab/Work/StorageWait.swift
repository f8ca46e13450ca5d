import Foundation
import Lab

/// Storage that does not take what a run has to write: a full disk, a folder without permission, a file system turned read-only.
///
/// It is no fault of the run. The run stands still, says why, and goes on when it can; told to stop meanwhile, it goes back to
/// the queue, and on from its last checkpoint.
struct StorageWait: Sendable {
    let lab: Lab
    let claim: Claim
    let control: RunControl
    let board: ProgressBoard

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
                    board.waiting(claim, "waits: \(failure.message)")
                }
                for _ in 0..<5 where !control.shouldStop { Thread.sleep(forTimeInterval: 0.1) }
            }
        }
    }

    /// Said in the run's history only now: what it waited for may have been the database itself.
    private func goesOn(_ reason: String, after seconds: TimeInterval) {
        let text = "\(reason); waited \(Format.duration(max(0, seconds)))"
        board.waiting(claim, "goes on: \(text)")
        try? lab.note("storage trouble", text, run: claim.run, attempt: claim.attempt)
    }
}
