import Tensors

/// Where a layer writes dx (B, n), and what becomes of each part of it once it is whole: the gradient before the ReLU of the
/// layer below, and that layer's d_b = Σ_B dx. Done at once, while the part is in cache.
public struct InputGradient: Sendable {
    let dx: Matrix
    /// What the layer below put out (B, n), which is what this layer read; and the gradient of its bias (n).
    private let below: (output: Matrix, biasGradient: Tensor, relu: Bool)?

    /// dx as it is.
    init(_ dx: Matrix) {
        self.dx = dx
        below = nil
    }

    /// dx, taken back through the layer below.
    init(_ dx: Matrix, through output: Matrix, relu: Bool, bias: Parameter) {
        self.dx = dx
        below = (output, bias.gradient, relu)
    }

    /// These columns of dx are complete, over the whole batch.
    func finish(_ columns: Range<Int>) {
        guard let below else { return }
        dx[columns: columns].biasBackward(
            output: below.output[columns: columns], relu: below.relu, into: below.biasGradient.base + columns.lowerBound)
    }

    /// All of dx is complete.
    func finish(_ workers: Workers) {
        let tiles = Tiling(dx.columns, by: 64)
        workers.forEach(tiles.count) { tile, _ in finish(tiles[tile]) }
    }
}
