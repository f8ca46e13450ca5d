import Foundation
import Tensors

/// The score of one or more batches: sums over samples, so that a mean weighs every sample alike.
public struct Score: Sendable, Equatable {
    public var loss = 0.0
    public var correct = 0
    public var samples = 0

    public init() {}

    public var meanLoss: Double { samples == 0 ? 0 : loss / Double(samples) }
    public var accuracy: Double { samples == 0 ? 0 : Double(correct) / Double(samples) }

    public static func += (total: inout Score, batch: Score) {
        total.loss += batch.loss
        total.correct += batch.correct
        total.samples += batch.samples
    }
}

/// Softmax cross-entropy with its gradient in one pass:
///
///     loss_i = log Σ_k exp(z_ik) − z_iy,   dz_ik = (softmax(z_i)_k − [k = y]) / B
///
/// With label smoothing s over K classes, the label y is s/K of every class and 1 − s of y (PyTorch's form):
///
///     loss_i = log Σ_k exp(z_ik) − (1 − s)·z_iy − s/K · Σ_k z_ik
public struct CrossEntropy: Sendable {
    private let losses: Tensor
    private let hits: Tensor
    /// The label of rows that do not count: they have no loss and no gradient. Nil where every row does.
    private let unlabelled: UInt8?

    /// - Parameters:
    ///   - batch: the most rows of one call.
    ///   - unlabelled: the label of rows that do not count; nil where every row does.
    public init(batch: Int, unlabelled: UInt8? = nil) {
        self.unlabelled = unlabelled
        losses = Tensor(batch)
        hits = Tensor(batch)
    }

    /// Scores logits (B, classes) against `labels` (B) and writes d_logits of the batch's mean loss where it is wanted.
    /// With a mixture, a row's label is replaced in that share by the label of the row at the same place from the end.
    /// A row counts as correct when its label is the first largest logit.
    public func score(
        _ logits: Matrix, _ labels: UnsafePointer<UInt8>, gradient: Matrix? = nil, smoothing: Double = 0,
        mixture: Double = 0, _ workers: Workers
    ) -> Score {
        let rows = logits.rows, counted = unlabelled.map { unlabelled in (0..<rows).count { labels[$0] != unlabelled } } ?? rows
        let scale = 1 / Double(max(1, counted))
        let tiles = Tiling(rows, by: 16)
        nonisolated(unsafe) let labels = labels  // read only, and `forEach` returns before the caller's pointer ends
        workers.forEach(tiles.count) { task, _ in
            for row in tiles[task] {
                let z = UnsafeBufferPointer(start: logits.row(row), count: logits.columns)
                if labels[row] == unlabelled {
                    (losses.base[row], hits.base[row]) = (0, 0)
                    gradient?.row(row).update(repeating: 0, count: logits.columns)
                    continue
                }
                let label = Int(labels[row]), other = Int(labels[rows - 1 - row])
                var largest = 0
                for k in z.indices where z[k] > z[largest] { largest = k }
                let top = Double(z[largest])
                var sum = 0.0
                for value in z { sum += exp(Double(value) - top) }
                var wanted = Double(z[label]) - top
                if mixture > 0 { wanted = (1 - mixture) * wanted + mixture * (Double(z[other]) - top) }
                if smoothing > 0 {
                    let mean = z.reduce(0) { $0 + (Double($1) - top) } / Double(z.count)
                    wanted = (1 - smoothing) * wanted + smoothing * mean
                }
                losses.base[row] = Float(log(sum) - wanted)
                hits.base[row] = largest == label ? 1 : 0
                guard let dz = gradient?.row(row) else { continue }
                let share = smoothing / Double(z.count)
                for k in z.indices {
                    var target = k == label ? 1 - mixture : 0
                    if k == other { target += mixture }
                    target = target * (1 - smoothing) + share
                    dz[k] = Float((exp(Double(z[k]) - top) / sum - target) * scale)
                }
            }
        }
        var score = Score()
        for row in 0..<rows {
            score.loss += Double(losses.base[row])
            score.correct += hits.base[row] > 0 ? 1 : 0
        }
        score.samples = counted
        return score
    }
}
