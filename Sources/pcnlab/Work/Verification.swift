import Foundation
import Lab
import Specs
import Tensors
import Training

/// Trains the last stretch of a run again, beside the lab and without writing to it, and compares: the weights' digest, and the
/// row of every epoch on the way.
struct Verification {
    let lab: Lab
    let shelf: DatasetShelf
    let threads: Int

    struct Outcome: Encodable {
        let run: String
        let fromEpoch: Int
        let toEpoch: Int
        let toBatch: Int
        let expectedSHA256: String
        let foundSHA256: String
        /// Epochs whose rows came out otherwise.
        let differingEpochs: [Int]
        var isSame: Bool { expectedSHA256 == foundSHA256 && differingEpochs.isEmpty }
    }

    /// From the newest checkpoint but one that is whole, or the beginning, to the newest. Nil where the run has no checkpoint.
    func callAsFunction(_ run: RunSummary) throws -> Outcome? {
        let data = try TrainingData(try shelf.dataset(run.settings.dataset, digest: run.datasetDigest), for: run.settings)
        var whole = try lab.checkpoints(of: run.id).lazy.compactMap { record in
            (try? CheckpointFile.read(lab.url(ofCheckpoint: record.file), sha256: record.sha256)).map { (record, $0) }
        }.makeIterator()
        guard let (target, file) = whole.next() else { return nil }
        let start = whole.next()
        // One network after the other: they are large.
        let expected = try trainer(run, data, at: file).weightsSHA256
        let again = try trainer(run, data, at: start?.1)
        let rows = Dictionary(uniqueKeysWithValues: try lab.epochs(of: run.id).map { ($0.epoch, $0) })
        let host = VerificationHost(target, batches: run.settings.batchesPerEpoch, rows)
        _ = try again.train(host)
        return Outcome(
            run: run.id, fromEpoch: start?.0.epoch ?? 0, toEpoch: target.epoch, toBatch: target.batch, expectedSHA256: expected,
            foundSHA256: again.weightsSHA256, differingEpochs: host.differing)
    }

    /// At a checkpoint, or at the beginning.
    private func trainer(_ run: RunSummary, _ data: TrainingData, at file: Safetensors?) throws -> Trainer {
        let trainer = Trainer(run.settings, data, threads: threads)
        if let file { try trainer.resume(from: file) }
        return trainer
    }
}

/// Lets a trainer come to a checkpoint's place and no further.
private final class VerificationHost: TrainingHost {
    private let target: CheckpointRecord
    private let batches: Int
    private let rows: [Int: EpochRow]
    private(set) var shouldStop = false
    private(set) var differing: [Int] = []

    init(_ target: CheckpointRecord, batches: Int, _ rows: [Int: EpochRow]) {
        (self.target, self.batches, self.rows) = (target, batches, rows)
    }

    func progressed(epoch: Int, fraction: Double, loss: Double, accuracy: Double) {
        let done = Int((fraction * Double(batches)).rounded())
        if epoch == target.epoch, done == target.batch { shouldStop = true }
    }

    func completed(_ epoch: EpochFigures) {
        if let row = rows[epoch.epoch],
            (row.loss, row.trainAccuracy, row.testAccuracy) != (epoch.loss, epoch.trainAccuracy, epoch.testAccuracy)
        {
            differing.append(epoch.epoch)
        }
        if epoch.epoch == target.epoch, target.batch == 0 { shouldStop = true }
    }

    func checkpoint(epoch: Int, batch: Int, kept: Bool, contents: () -> Data) {}
}
