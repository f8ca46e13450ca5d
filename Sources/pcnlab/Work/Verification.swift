import Foundation
import Lab
import Operations
import Specs
import Tensors
import Training

/// Trains the last part of a run again without writing to the lab, and compares the weights' digest, the row of every epoch on the way,
/// and the final figures of a completed run.
struct Verification {
    let lab: Lab
    let datasets: DatasetCache
    let threads: Int

    struct Outcome: Encodable {
        let run: String
        let fromEpoch: Int
        let toEpoch: Int
        let toBatch: Int
        let expectedSHA256: String
        let foundSHA256: String
        /// Epochs whose rows differ.
        let differingEpochs: [Int]
        /// Whether the recorded final accuracies or digest differ.
        let hasOtherFinalFigures: Bool
        /// Whether the run was trained with this program's arithmetic only.
        let isComparable: Bool
        var isSame: Bool { expectedSHA256 == foundSHA256 && differingEpochs.isEmpty && !hasOtherFinalFigures }
    }

    /// Trains from the second newest undamaged checkpoint, or the beginning, to the newest. Returns nil if the run has no checkpoint.
    /// Damaged ones are named on stderr.
    func callAsFunction(_ run: RunSummary) throws -> Outcome? {
        let data = try TrainingData(try datasets.dataset(run.settings.dataset, digest: run.datasetDigest), for: run.settings)
        var whole = try lab.checkpoints(of: run).lazy.compactMap { record -> (CheckpointRecord, Safetensors)? in
            do {
                return (record, try CheckpointFile.read(lab.url(ofCheckpoint: record.file), sha256: record.sha256))
            } catch {
                Terminal.error.line("\(error)".printable)
                return nil
            }
        }.makeIterator()
        // Before a checkpoint of the beginning there is nothing to train again.
        guard let (target, file) = whole.next(), target.epoch > 0 || target.batch > 0 else { return nil }
        let start = whole.next()
        // One network at a time, because they are large.
        let expected = try trainer(run, data, at: file).weightsSHA256
        let again = try trainer(run, data, at: start?.1)
        let rows = Dictionary(uniqueKeysWithValues: try lab.epochs(of: run.id, tellsTests: true).map { ($0.epoch, $0) })
        let host = VerificationHost(target, run.settings, rows)
        var final: FinalFigures?
        if case .completed(let train, let test, let validation, let digest) = try again.train(host) {
            final = FinalFigures(trainAccuracy: train, testAccuracy: test, weightsSHA256: digest, validationAccuracy: validation)
        }
        return Outcome(
            run: run.id, fromEpoch: start?.0.epoch ?? 0, toEpoch: target.epoch, toBatch: target.batch, expectedSHA256: expected,
            foundSHA256: again.weightsSHA256, differingEpochs: host.differing,
            hasOtherFinalFigures: hasOtherFigures(run.final, final),
            isComparable: run.isComparable(with: Arithmetic.current.description))
    }

    /// Whether both are known and differ. Of a trial the lab does not tell the test accuracy, which the weights decide.
    private func hasOtherFigures(_ stored: FinalFigures?, _ found: FinalFigures?) -> Bool {
        guard let stored, let found else { return false }
        return stored
            != FinalFigures(
                trainAccuracy: found.trainAccuracy, testAccuracy: stored.testAccuracy == nil ? nil : found.testAccuracy,
                weightsSHA256: found.weightsSHA256, validationAccuracy: found.validationAccuracy)
    }

    /// A trainer at a checkpoint, or at the beginning.
    private func trainer(_ run: RunSummary, _ data: TrainingData, at file: Safetensors?) throws -> Trainer {
        let trainer = Trainer(run.settings, data, threads: threads)
        if let file { try trainer.resume(from: file) }
        return trainer
    }
}

/// Stops a trainer at a checkpoint's place.
private final class VerificationHost: TrainingHost {
    private let target: CheckpointRecord
    private let settings: Settings
    private let rows: [Int: EpochRow]
    private(set) var shouldStop = false
    private(set) var differing: [Int] = []

    init(_ target: CheckpointRecord, _ settings: Settings, _ rows: [Int: EpochRow]) {
        (self.target, self.settings, self.rows) = (target, settings, rows)
    }

    func progressed(epoch: Int, fraction: Double, loss: Double, accuracy: Double) {
        let done = Int((fraction * Double(settings.batchesPerEpoch)).rounded())
        if epoch == target.epoch, done == target.batch { shouldStop = true }
    }

    func completed(_ epoch: EpochFigures) {
        if let row = rows[epoch.epoch],
            (row.loss, row.trainAccuracy, row.testAccuracy, row.validationAccuracy)
                != (epoch.loss, epoch.trainAccuracy, epoch.testAccuracy, epoch.validationAccuracy)
        {
            differing.append(epoch.epoch)
        }
        // After the last epoch the final figures are still computed.
        if epoch.epoch == target.epoch, target.batch == 0, target.epoch < settings.epochs { shouldStop = true }
    }

    func checkpoint(epoch: Int, batch: Int, kept: Bool, _ contents: CheckpointContents) {}
}
