import Foundation
import Lab
import Operations
import Specs
import Tensors
import Training

/// Trains one claimed run: it connects the lab, the data and the trainer.
struct RunTraining: Sendable {
    let lab: Lab
    let datasets: DatasetCache
    let threads: Int
    let reporter: ProgressReporter

    func callAsFunction(_ claim: Claim, _ control: RunControl, worker: Int) throws -> TrainingOutcome {
        try checkMemory(claim.settings)
        let wait = StorageWait(lab: lab, claim: claim, control: control, reporter: reporter)
        let dataset = try wait { try datasets.available(claim.data) }
        let trainer = try resumed(claim, try TrainingData(dataset, for: claim.settings), wait)
        let host = RunHost(lab: lab, claim: claim, control: control, reporter: reporter, worker: worker, whenStorageTakesIt: wait)
        switch try trainer.train(host, until: claim.until) {
        case .completed(let train, let test, let validation, let digest):
            return .completed(
                FinalFigures(trainAccuracy: train, testAccuracy: test, weightsSHA256: digest, validationAccuracy: validation))
        case .reachedEpoch: return .reachedRung
        case .diverged(let divergence): return .diverged("\(divergence)")
        case .stopped: return .stopped
        }
    }

    /// Returns a trainer at the newest undamaged checkpoint, or at the beginning. Damaged checkpoints are discarded, with an event. One
    /// that cannot be read now, because of its permissions for example, ends the attempt: it may be readable later.
    private func resumed(_ claim: Claim, _ data: TrainingData, _ whenStorageTakesIt: StorageWait) throws -> Trainer {
        let end = (claim.settings.epochs, 0)
        for record in try lab.checkpointsToResume(claim.run) where (record.epoch, record.batch) <= end {
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

/// Passes a trainer's calls on to the lab and the reporter, and tells it when to stop.
private struct RunHost: TrainingHost {
    let lab: Lab
    let claim: Claim
    let control: RunControl
    let reporter: ProgressReporter
    let worker: Int
    let whenStorageTakesIt: StorageWait

    var shouldStop: Bool { control.shouldStop }

    func progressed(epoch: Int, fraction: Double, loss: Double, accuracy: Double) {
        reporter.progressed(worker, epoch: epoch, fraction: fraction, loss: loss, accuracy: accuracy)
    }

    func completed(_ epoch: EpochFigures) throws {
        let row = EpochRow(
            epoch: epoch.epoch, loss: epoch.loss, trainAccuracy: epoch.trainAccuracy, testAccuracy: epoch.testAccuracy,
            seconds: epoch.seconds, validationAccuracy: epoch.validationAccuracy)
        try whenStorageTakesIt { try lab.record(row, run: claim.run, attempt: claim.attempt) }
        reporter.completed(worker, row)
    }

    func checkpoint(epoch: Int, batch: Int, kept: Bool, _ contents: CheckpointContents) throws {
        // The attempt is part of the name: a superseded one cannot touch its successor's files.
        let folder = "checkpoints/\(claim.run)"
        let wanted = try lab.url(ofCheckpoint: "\(folder)/e\(epoch)-b\(batch)-a\(claim.attempt).safetensors")
        let written = try whenStorageTakesIt { try CheckpointFile.write(contents, to: wanted) }
        let file = "\(folder)/\(written.name)", url = try lab.url(ofCheckpoint: file)
        let record = CheckpointRecord(
            epoch: epoch, batch: batch, file: file, bytes: written.bytes, sha256: written.sha256, kept: kept)
        do {
            let superfluous = try whenStorageTakesIt { try lab.record(record, run: claim.run, attempt: claim.attempt) }
            for superfluous in superfluous {
                try? FileManager.default.removeItem(at: lab.url(ofCheckpoint: superfluous))
            }
        } catch {
            if case LabError.superseded = error { try? FileManager.default.removeItem(at: url) }
            throw error
        }
    }
}
