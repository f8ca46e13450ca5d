import Foundation
import Lab

extension Subject {
    /// Checks the invariants of a lab, which hold after every fault. Throws the first violation.
    func check() throws {
        let lab = try Lab(program.lab)
        // Runs of a worker that was just killed are released later.
        let damage = try lab.damage().filter { if case .abandoned = $0 { false } else { true } }
        guard damage.isEmpty else { throw Broken("the database: \(damage)") }
        let runs = try lab.runs()
        let lost = submitted.subtracting(runs.map(\.id))
        guard lost.isEmpty else { throw Broken("submitted runs are missing: \(lost.sorted())") }
        for run in runs {
            guard [.queued, .running, .completed].contains(run.state) else {
                throw Broken("run \(run.id) is \(run.state): \(run.error ?? "")")
            }
            let epochs = try lab.epochs(of: run.id).map(\.epoch)
            // A worker may have added epochs since the run was read.
            // A run whose extension was cancelled since it was read is completed again, at fewer epochs.
            let epoch = try min(run.epoch, lab.runs(RunFilter(ids: [run.id])).first?.epoch ?? 0)
            guard epochs.count >= epoch, epochs == Array(1..<epochs.count + 1) else {
                throw Broken("run \(run.id) at epoch \(run.epoch) has rows \(epochs)")
            }
            try checkHistory(of: run.id, lab)
        }
    }

    /// Checks that no attempt writes an event after the next one has started: such writes are refused.
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

    /// Checks that `status` reports every `running` run as abandoned when no worker is left.
    func checkNothingRuns() throws {
        let running = try program.status().filter { $0.value["state"] as? String == "running" && $0.value["abandoned"] is NSNull }
        guard running.isEmpty else { throw Broken("running without a worker: \(running.keys.sorted())") }
    }
}
