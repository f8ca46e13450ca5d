import Foundation
import Lab
import Specs
import Tensors
import Training

/// Trains one claimed run: the place where the lab, the data and the trainer meet.
struct RunTraining: Sendable {
    let lab: Lab
    let shelf: DatasetShelf
    let threads: Int
    let board: ProgressBoard

    func callAsFunction(_ claim: Claim, _ control: RunControl, worker: Int) throws -> TrainingOutcome {
        try checkMemory(claim.settings)
        let wait = StorageWait(lab: lab, claim: claim, control: control, board: board)
        let dataset = try wait { try shelf.dataset(claim.settings.dataset, digest: claim.datasetDigest) }
        let trainer = try resumed(claim, try TrainingData(dataset, for: claim.settings), wait)
        let host = RunHost(lab: lab, claim: claim, control: control, board: board, worker: worker, whenStorageTakesIt: wait)
        switch try trainer.train(host) {
        case .completed(let train, let test, let digest):
            return .completed(FinalFigures(trainAccuracy: train, testAccuracy: test, weightsSHA256: digest))
        case .diverged(let epoch, let batch):
            return .diverged("the loss is not finite in epoch \(epoch), batch \(batch)")
        case .stopped: return .stopped
        }
    }

    /// A trainer at the newest checkpoint that is whole, or at the beginning. Damaged ones are forgotten, and said so; one that
    /// cannot be read now (its permissions, say) ends the attempt instead, for it may be read later.
    private func resumed(_ claim: Claim, _ data: TrainingData, _ whenStorageTakesIt: StorageWait) throws -> Trainer {
        for record in try lab.checkpointsToResume(claim.run) where record.epoch <= claim.settings.epochs {
            do {
                let checkpoint = try CheckpointFile.read(lab.url(ofCheckpoint: record.file), sha256: record.sha256)
                let trainer = Trainer(claim.settings, data, threads: threads)
                try trainer.resume(from: checkpoint)
                return trainer
            } catch  where CheckpointFile.isDamaged(error) {
                try whenStorageTakesIt {
                    try lab.discard(record, run: claim.run, attempt: claim.attempt, reason: "\(error)")
                }
            }
        }
        return Trainer(claim.settings, data, threads: threads)
    }
}

/// Tells the lab and the board what a trainer tells, and the trainer when to stop.
private struct RunHost: TrainingHost {
    let lab: Lab
    let claim: Claim
    let control: RunControl
    let board: ProgressBoard
    let worker: Int
    let whenStorageTakesIt: StorageWait

    var shouldStop: Bool { control.shouldStop }

    func progressed(epoch: Int, fraction: Double, loss: Double, accuracy: Double) {
        board.progressed(worker, epoch: epoch, fraction: fraction, loss: loss, accuracy: accuracy)
    }

    func completed(_ epoch: EpochFigures) throws {
        let row = EpochRow(
            epoch: epoch.epoch, loss: epoch.loss, trainAccuracy: epoch.trainAccuracy, testAccuracy: epoch.testAccuracy,
            seconds: epoch.seconds)
        try whenStorageTakesIt { try lab.record(row, run: claim.run, attempt: claim.attempt) }
        board.completed(worker, row)
    }

    func checkpoint(epoch: Int, batch: Int, kept: Bool, contents: () -> Data) throws {
        // The attempt is part of the name: a superseded one cannot touch its successor's files.
        let file = "checkpoints/\(claim.run)/e\(epoch)-b\(batch)-a\(claim.attempt).safetensors"
        let url = try lab.url(ofCheckpoint: file)
        let contents = contents()
        let written = try whenStorageTakesIt { try CheckpointFile.write(contents, to: url) }
        let record = CheckpointRecord(
            epoch: epoch, batch: batch, file: file, bytes: written.bytes, sha256: written.sha256, kept: kept)
        do {
            let superfluous = try whenStorageTakesIt { try lab.record(record, run: claim.run, attempt: claim.attempt) }
            for superfluous in superfluous where superfluous != file {
                try? FileManager.default.removeItem(at: lab.url(ofCheckpoint: superfluous))
            }
        } catch {
            if case LabError.superseded = error { try? FileManager.default.removeItem(at: url) }
            throw error
        }
    }
}
