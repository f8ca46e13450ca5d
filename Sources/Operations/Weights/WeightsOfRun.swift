import Datasets
import Foundation
import Lab
import Tensors
import Training

/// The newest weights of a run, for `export`, `predict` and `report --confusion`.
package struct WeightsOfRun {
    package let run: RunSummary
    package let checkpoint: Safetensors

    /// Reads the newest undamaged checkpoint.
    /// - Parameter damaged: called with a sentence for each checkpoint that is skipped because it is damaged.
    package init(_ lab: Lab, _ run: RunSummary, damaged: (String) -> Void = { _ in }) throws {
        self.run = run
        let records = try lab.checkpoints(of: run)
        guard !records.isEmpty else {
            throw Failure(run.reasonWithoutWeights, status: .missingFile)
        }
        var failures: [Failure] = []
        for record in records {
            do {
                checkpoint = try CheckpointFile.read(lab.url(ofCheckpoint: record.file), sha256: record.sha256)
                return
            } catch  where CheckpointFile.isDamaged(error) {
                failures.append(Failure(error))
                damaged("\(failures[failures.count - 1])")
            }
        }
        let remedy = "`pcnlab retry \(run.id.prefix(8))` trains it again, to the same bits"
        throw Failure("no checkpoint of run \(run.id.prefix(8)) is whole; \(remedy)", status: failures[0].status)
    }

    /// - Parameter scale: of the run's pixels, for a format that is a model.
    package func export(expanded: Bool, scale: PixelScale? = nil) throws -> WeightExport {
        do {
            return try WeightExport(
                run.settings, checkpoint, expanded: expanded, scale: scale,
                metadata: ["run": run.id, "state": run.state.rawValue, "dataset_digest": run.datasetDigest])
        } catch let error as Safetensors.Failure {
            let id = run.id.prefix(8)
            throw Failure(
                "the newest checkpoint of run \(id) is not of its network: \(error); `pcnlab doctor --repair` removes checkpoints that "
                    + "cannot be used, and `pcnlab retry \(id)` trains the run again", status: .badData)
        }
    }

    /// LinearNet-PCN16-cifar10-s1-0c325ec0, with the suffix -dense for expanded weights.
    package func fileName(expanded: Bool) -> String {
        let name = "\(run.model)-\(run.settings.dataset.label)-s\(run.settings.seed)-\(run.id.prefix(8))"
        return name + (expanded ? "-dense" : "")
    }
}
