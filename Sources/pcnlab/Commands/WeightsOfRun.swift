import Foundation
import Lab
import Tensors
import Training

/// The newest weights of a run, for `export`, `predict` and `report --confusion`.
struct WeightsOfRun {
    let run: RunSummary
    let checkpoint: Safetensors

    /// Reads the newest undamaged checkpoint. Damaged ones are skipped with a message.
    init(_ lab: Lab, _ run: RunSummary) throws {
        self.run = run
        let records = try lab.checkpoints(of: run)
        guard !records.isEmpty else {
            throw Failure(
                "run \(run.id.prefix(8)) is \(run.state.rawValue) and has no checkpoint yet; "
                    + (run.state == .completed ? "`pcnlab retry` and then `pcnlab work` train it" : "`pcnlab work` trains it"),
                Exit.missingFile)
        }
        var failures: [Failure] = []
        for record in records {
            do {
                checkpoint = try CheckpointFile.read(lab.url(ofCheckpoint: record.file), sha256: record.sha256)
                return
            } catch  where CheckpointFile.isDamaged(error) {
                failures.append(Failure(error))
                Terminal.error.line("\(failures[failures.count - 1])".printable)
            }
        }
        let remedy = "`pcnlab retry \(run.id.prefix(8))` has it trained again, to the same bits"
        throw Failure("no checkpoint of run \(run.id.prefix(8)) is whole; \(remedy)", failures[0].code)
    }

    func export(expanded: Bool) throws -> WeightExport {
        try WeightExport(
            run.settings, checkpoint, expanded: expanded,
            metadata: ["run": run.id, "state": run.state.rawValue, "dataset_digest": run.datasetDigest])
    }

    /// LinearNet-PCN16-cifar10-s1-0c325ec0, with the suffix -dense for expanded weights.
    func fileName(expanded: Bool) -> String {
        let name = "\(run.model)-\(run.settings.dataset.label)-s\(run.settings.seed)-\(run.id.prefix(8))"
        return name + (expanded ? "-dense" : "")
    }
}
