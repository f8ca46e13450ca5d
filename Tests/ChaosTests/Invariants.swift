import Foundation
import Lab

extension Subject {
    /// What must hold of a lab whatever was done to it. Throws the first thing that does not.
    func check() throws {
        let lab = try Lab(program.lab)
        // A worker that was killed just now is found out in time.
        let damage = try lab.damage().filter { if case .abandoned = $0 { false } else { true } }
        guard damage.isEmpty else { throw Broken("the database: \(damage)") }
        let runs = try lab.runs()
        let lost = submitted.subtracting(runs.map(\.id))
        guard lost.isEmpty else { throw Broken("submitted and not there: \(lost.sorted())") }
        for run in runs {
            guard [.queued, .running, .completed].contains(run.state) else {
                throw Broken("run \(run.id) is \(run.state): \(run.error ?? "")")
            }
            let epochs = try lab.epochs(of: run.id).map(\.epoch)
            // A worker may have gone on since the run was read.
            guard epochs.count >= run.epoch, epochs == Array(1..<epochs.count + 1) else {
                throw Broken("run \(run.id) at epoch \(run.epoch) has rows \(epochs)")
            }
            try checkHistory(of: run.id, lab)
        }
    }

    /// Attempts follow each other: what one writes comes before the next one's start, for after it everything is refused.
    private func checkHistory(of run: String, _ lab: Lab) throws {
        var latest = 0
        for event in try lab.events(of: run) {
            if event.kind == "not reproduced" { throw Broken("run \(run): \(event.detail ?? "")") }
            guard let attempt = event.attempt else { continue }
            if event.kind == "started" {
                guard attempt > latest else { throw Broken("run \(run): attempt \(attempt) began after attempt \(latest)") }
                latest = attempt
            } else if attempt != latest {
                throw Broken("run \(run): attempt \(attempt) wrote “\(event.kind)” after attempt \(latest) had begun")
            }
        }
    }

    /// No run seems to be trained when no worker is left: of those that are still `running`, `status` says so.
    func checkNothingRuns() throws {
        let running = try program.status().filter { $0.value["state"] as? String == "running" && $0.value["abandoned"] is NSNull }
        guard running.isEmpty else { throw Broken("running without a worker: \(running.keys.sorted())") }
    }
}
