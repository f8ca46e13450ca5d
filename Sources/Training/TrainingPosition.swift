import Networks

/// The place in a training: everything besides the tensors that its next step depends on.
struct TrainingPosition: Equatable {
    /// Epochs completed.
    var epoch = 0
    /// Batches of the next epoch done.
    var batch = 0
    /// Sums over those batches.
    var score = Score()
    /// Seconds spent on the next epoch so far.
    var seconds = 0.0

    /// The form in a checkpoint's metadata. Sums are stored as bit patterns, without rounding.
    var metadata: [String: String] {
        [
            "epoch": "\(epoch)", "batch": "\(batch)", "correct": "\(score.correct)", "samples": "\(score.samples)",
            "loss_sum_bits": String(score.loss.bitPattern, radix: 16), "loss_sum": "\(score.loss)", "seconds": "\(seconds)",
        ]
    }

    init() {}

    init?(metadata: [String: String]) {
        guard let epoch = metadata["epoch"].flatMap(Int.init), let batch = metadata["batch"].flatMap(Int.init),
            let correct = metadata["correct"].flatMap(Int.init), let samples = metadata["samples"].flatMap(Int.init),
            let loss = metadata["loss_sum_bits"].flatMap({ UInt64($0, radix: 16) }),
            let seconds = metadata["seconds"].flatMap(Double.init), epoch >= 0, batch >= 0,
            correct >= 0, samples >= correct
        else { return nil }
        (self.epoch, self.batch, self.seconds) = (epoch, batch, seconds)
        score.loss = Double(bitPattern: loss)
        score.correct = correct
        score.samples = samples
    }
}
