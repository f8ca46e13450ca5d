import Foundation
import Specs
import Tensors

/// What multiplies F(D) in a layer's weights: a trained gain of the output neuron k, or of the whole layer, and a window.
///
///     W[j, k] = g_k · h(a_j, b_k) · F(z(a_j, b_k)),   h(a, b) = exp(−s_k · r²),   s_k = 1 / 2w_k²,   w_k = w · exp(p_k)
///
/// with r the distance of the first two coordinates and w `Window.initialWidth`. Tiles of W are multiplied where they are computed,
/// some d operations for each weight before it: that is less than a pass over the activations.
struct OutputFactors: Sendable {
    /// g (m), or (1) for the whole layer.
    let gain: Parameter?
    let window: CloudWindow?

    init?(gain: Parameter?, window: CloudWindow?) {
        if gain == nil, window == nil { return nil }
        (self.gain, self.window) = (gain, window)
    }

    /// The gain of output neuron k.
    func gain(_ k: Int) -> Float { gain.map { $0.value.base[$0.value.count == 1 ? 0 : k] } ?? 1 }

    /// Multiplies a tile of F(D) whose rows are input neurons, at a, and whose columns are the output neurons `outputs`, at b.
    func apply(to tile: Panels, _ a: Matrix, columns outputs: Range<Int>, _ b: Panels) {
        if let window { tile.multiplyByWindow(a, b, columnScales: window.scales.base + outputs.lowerBound) }
        guard let gain = gain?.value else { return }
        if gain.count == 1 {
            tile.scaleRows { _ in gain.base[0] }
        } else {
            tile.scaleColumns(by: gain.base + outputs.lowerBound)
        }
    }

    /// Multiplies a tile of F(D) whose rows are the output neurons `outputs`, at b, and whose columns are input neurons, at a.
    func apply(to tile: Panels, rows outputs: Range<Int>, _ b: Matrix, _ a: Panels) {
        if let window { tile.multiplyByWindow(b, a, rowScales: window.scales.base + outputs.lowerBound) }
        scaleByGain(tile, rows: outputs)
    }

    /// Multiplies a tile, whose rows are the output neurons `outputs`, by their gains.
    func scaleByGain(_ tile: Panels, rows outputs: Range<Int>) {
        if gain != nil { tile.scaleRows { gain(outputs.lowerBound + $0) } }
    }

    /// Sets the gain's gradient to the sum of so many parts, each (m, 1), in their order.
    func setGradient(parts: Int, _ part: (Int) -> Matrix) {
        guard let gain else { return }
        gain.gradient.clear()
        for index in 0..<parts {
            let part = part(index)
            for k in 0..<part.rows { gain.gradient.base[gain.value.count == 1 ? 0 : k] += part.row(k).pointee }
        }
    }
}

/// The window of a layer's output neurons over the picture, the first two coordinates.
struct CloudWindow: Sendable {
    /// p (m) of the widths w · exp(p).
    let exponents: Parameter
    /// s (m), once `update` is called.
    let scales: Tensor

    init(_ exponents: Parameter) { (self.exponents, scales) = (exponents, Tensor(exponents.value.shape)) }

    /// Called before a pass: computes the scales from the exponents.
    func update() {
        for k in 0..<scales.count {
            let width = Window.initialWidth * exp(Double(exponents.value.base[k]))
            scales.base[k] = Float(1 / (2 * width * width))
        }
    }
}
