import Foundation
import Lab
import Operations

/// The command of `work --on-end`: the shell runs it whenever a run is completed, failed, diverged or cancelled. Training does not wait
/// for it; commands run one after the other.
final class EndHook: WorkerPoolObserver {
    private let command: String
    private let lab: Lab
    private let report: @Sendable (String) -> Void
    private let queue = DispatchQueue(label: "pcnlab.on-end")

    /// - Parameter report: called with a sentence if a command fails.
    init(_ command: String, lab: Lab, report: @escaping @Sendable (String) -> Void) {
        (self.command, self.lab, self.report) = (command, lab, report)
    }

    func ended(_ claim: Claim, worker: Int, outcome: AttemptOutcome, state: RunState?) {
        // Most trials are pruned while they wait, which no worker is told of: the command is run for none of them.
        guard let state, state.isEnded, state != .pruned else { return }
        queue.async { [self] in run(claim.run) }
    }

    /// Waits for the commands that were started, so many seconds at most.
    func finish(within seconds: Int) {
        let group = DispatchGroup()
        queue.async(group: group) {}
        if group.wait(timeout: .now() + .seconds(seconds)) == .timedOut {
            report("the commands of --on-end have not ended after \(seconds) seconds, and are left to themselves")
        }
    }

    func started(_ claim: Claim, worker: Int) {}
    func notice(_ text: String) {}
    func trouble(_ text: String) {}

    private func run(_ id: String) {
        do {
            guard let run = try lab.runs(RunFilter(ids: [id])).first else { return }
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments = ["-c", command]
            process.environment = ProcessInfo.processInfo.environment.merging(variables(run)) { $1 }
            process.standardInput = FileHandle.nullDevice
            // The standard output is for data.
            process.standardOutput = FileHandle.standardError
            try process.run()
            process.waitUntilExit()
            if process.terminationStatus != 0 {
                let how = process.terminationReason == .exit ? "exit code" : "signal"
                report("the command of --on-end for run \(id.prefix(8)) ended with \(how) \(process.terminationStatus)")
            }
        } catch {
            report("the command of --on-end for run \(id.prefix(8)) cannot be run: \(Failure(error))")
        }
    }

    /// What the command is told. PCNLAB_HOME is the lab, so that `pcnlab` in the command finds it.
    private func variables(_ run: RunSummary) -> [String: String] {
        let number = { (value: Double?) in value.map { "\($0)" } ?? "" }
        return [
            "PCNLAB_HOME": lab.folder.standardizedFileURL.path, "PCNLAB_RUN": run.id, "PCNLAB_STATE": run.state.rawValue,
            "PCNLAB_EXPERIMENT": run.experiments.first ?? "", "PCNLAB_MODEL": run.model,
            "PCNLAB_DATASET": run.settings.dataset.label, "PCNLAB_SEED": "\(run.settings.seed)", "PCNLAB_EPOCH": "\(run.epoch)",
            "PCNLAB_LOSS": number(run.latest?.loss),
            "PCNLAB_TRAIN_ACCURACY": number(run.final?.trainAccuracy ?? run.latest?.trainAccuracy),
            "PCNLAB_TEST_ACCURACY": number(run.final?.testAccuracy ?? run.latest?.testAccuracy),
            "PCNLAB_VALIDATION_ACCURACY": number(run.final?.validationAccuracy ?? run.latest?.validationAccuracy),
            "PCNLAB_ERROR": run.error ?? "",
        ]
    }
}

/// Several observers of one pool, in order.
struct Observers: WorkerPoolObserver {
    let all: [any WorkerPoolObserver]

    func started(_ claim: Claim, worker: Int) { for observer in all { observer.started(claim, worker: worker) } }
    func ended(_ claim: Claim, worker: Int, outcome: AttemptOutcome, state: RunState?) {
        for observer in all { observer.ended(claim, worker: worker, outcome: outcome, state: state) }
    }
    func notice(_ text: String) { for observer in all { observer.notice(text) } }
    func trouble(_ text: String) { for observer in all { observer.trouble(text) } }
}
