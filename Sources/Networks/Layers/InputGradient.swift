import Tensors

/// Where a layer writes dx (B, inputs), and what becomes of it: the gradient before the ReLU of the layer below, and that layer's
/// d_b, the sum over images and positions.
public struct InputGradient: Sendable {
    let dx: Matrix
    /// Of the layer below.
    private let bias: Parameter?
    private let output: Matrix?

    /// - Parameter output: what the layer below put out, which is what this layer read; nil where it has no ReLU.
    init(_ dx: Matrix, output: Matrix?, bias: Parameter?) {
        (self.dx, self.output, self.bias) = (dx, output, bias)
        bias?.gradient.clear()
    }

    /// For a product that writes vectors dx: all of it is done while the sums are in registers.
    var end: ProductEnd {
        guard let bias else { return .sums }
        return .reluBackward(output: output, columnSums: Bias(bias.gradient.base))
    }

    /// For a layer that wrote dx in another way. The images' sums are added in their order.
    func finish(_ workspace: Workspace) {
        guard let bias else { return }
        let channels = bias.value.count
        var shared = workspace.shared
        let sums = shared.take(dx.rows, channels)
        workspace.workers.forEach(dx.rows) { image, _ in
            let positions = dx.columns / channels
            let view = { (matrix: Matrix) in
                Matrix(base: matrix.row(image), rows: positions, columns: channels, stride: channels)
            }
            view(dx).columnSums(afterReLUOf: output.map(view), into: sums.row(image))
        }
        sums.columnSums(into: bias.gradient.base)
    }

    /// Floats that `finish` takes of the shared memory.
    static func scratch(batch: Int, channels: Int) -> Int { ScratchCursor.floats(batch, channels) }
}
