import Foundation
import Tensors

/// Mixup (Zhang and others 2018): in each step, row i of the batch and the row at the same place from the end are mixed, images and
/// labels, with the same share λ ~ Beta(α, α) for all rows. The order of an epoch is random, so the pairs are random.
///
///     x_i ← λ·x_i + (1 − λ)·x_j,   loss_i = λ·loss(y_i) + (1 − λ)·loss(y_j),   j = B − 1 − i
///
/// λ and 1 − λ give the same pairs of rows in exchanged places, so the larger one is taken: a row's own label has the larger share.
public struct Mixup: Sendable {
    /// α, above 0.
    public let alpha: Double
    public let seed: UInt64

    public init(alpha: Double, seed: UInt64) { (self.alpha, self.seed) = (alpha, seed) }

    /// The share 1 − λ of the other row, in [0, ½]: a function of the seed, the epoch and the batch's first image.
    ///
    /// Jöhnk's method: for uniform u and v, x = u^(1/α) and y = v^(1/α), x/(x + y) is Beta(α, α) where x + y ≤ 1.
    public func share(at place: BatchPlace) -> Double {
        let stream = RandomStream(seed: seed, purpose: "mixup/\(place.firstImage)", epoch: place.epoch)
        for attempt in 0... {
            let draw = { (index: Int) in log(Double(stream.bits(2 * attempt + index) >> 11 | 1) * 0x1p-53) / self.alpha }
            let (x, y) = (draw(0), draw(1))
            guard exp(x) + exp(y) <= 1 else { continue }
            // For the smallest α both logarithms are infinite; a share of 0 is the limit.
            let difference = abs(x - y)
            return difference.isNaN ? 0 : 1 / (1 + exp(difference))
        }
        preconditionFailure("there is no last attempt")
    }
}

extension Matrix {
    /// Mixes each row with the one at the same place from the end, whose share is `share`.
    func mixWithReverse(share: Float, _ workers: Workers) {
        let pairs = rows / 2, tiles = Tiling(max(pairs, 1), by: 16)
        workers.forEach(pairs == 0 ? 0 : tiles.count) { task, _ in
            for i in tiles[task] {
                let (a, b) = (row(i), row(rows - 1 - i))
                for k in 0..<columns {
                    let (x, y) = (a[k], b[k])
                    (a[k], b[k]) = (x + (y - x) * share, y + (x - y) * share)
                }
            }
        }
    }
}
