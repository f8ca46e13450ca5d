import Tensors

/// Where a layer writes dx (B, n), and what becomes of it on the way: the gradient before the ReLU of the layer below, and that
/// layer's d_b = Σ_B dx. Both are done while the sums are in registers.
public struct InputGradient: Sendable {
    let dx: Matrix
    let end: ProductEnd

    /// - Parameter output: what the layer below put out (B, n), which is what this layer read; nil where it has no ReLU.
    init(_ dx: Matrix, output: Matrix?, bias: Parameter) {
        self.dx = dx
        bias.gradient.clear()
        end = .reluBackward(output: output, columnSums: Bias(bias.gradient.base))
    }
}
