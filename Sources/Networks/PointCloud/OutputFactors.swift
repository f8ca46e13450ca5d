import Tensors

/// What multiplies F(D) in a layer's weights: W[j, k] = g_k · F(z(a_j, b_k)), with a trained gain g_k of the output neuron k, or one
/// for the whole layer.
///
/// Tiles of W are multiplied where they are computed, d operations each before it: that is less than a pass over the activations.
/// The gradient is dg_k = Σ_j dW[j, k] · F(z(a_j, b_k)).
struct OutputFactors: Sendable {
    /// g (m), or (1) for the whole layer.
    let gain: Parameter

    private var isShared: Bool { gain.value.count == 1 }

    /// The gain of output neuron k.
    func gain(_ k: Int) -> Float { gain.value.base[isShared ? 0 : k] }

    /// Multiplies a tile of F(D) whose columns are some output neurons.
    func apply(to tile: Panels, columns outputs: Range<Int>) {
        if isShared {
            tile.scaleRows { _ in gain(0) }
        } else {
            tile.scaleColumns(by: gain.value.base + outputs.lowerBound)
        }
    }

    /// Multiplies a tile of F(D) whose rows are some output neurons.
    func apply(to tile: Panels, rows outputs: Range<Int>) { tile.scaleRows { gain(outputs.lowerBound + $0) } }

    /// Multiplies rows of W as PyTorch stores it, those of some output neurons.
    func apply(to weight: Matrix, rows outputs: Range<Int>) {
        for (row, k) in outputs.enumerated() {
            for j in 0..<weight.columns { weight.row(row)[j] *= gain(k) }
        }
    }

    /// Sets the gain's gradient to the sum of so many parts, each (m, 1), in their order.
    func setGradient(parts: Int, _ part: (Int) -> Matrix) {
        let gradient = gain.gradient
        gradient.clear()
        for index in 0..<parts {
            let part = part(index)
            for k in 0..<part.rows { gradient.base[isShared ? 0 : k] += part.row(k).pointee }
        }
    }
}
