import CKernels

/// F of one layer, as the tile kernels take it (§3.2): weight = (λ/√n) · shape(z / 2ε).
public struct WaveKernel: Sendable {
    fileprivate let kernel: pcn_wave

    /// - Parameter inputs: n, the number of input neurons of the layer.
    public init(distance: DistanceKind, wave: WaveKind, lambda: Double, epsilon: Double, inputs: Int) {
        kernel = pcn_wave(
            distance: distance.code, wave: wave.code, inverse_period: Float(1 / (2 * epsilon)),
            amplitude: Float(lambda / Double(inputs).squareRoot()))
    }

    /// Panels of W, w[j, k] = F(z(a_j, b_k)): a (depth, d), and b (d, columns), the other positions packed as a transpose.
    public func weights(_ a: Matrix, _ b: Panels, into w: Panels, _ kernels: Kernels = .current) {
        fill(a, b, w, nil, kernels)
    }

    /// The weights and, beside them, the slopes F′(z)·∂z: with G = dW ⊙ slopes, da_j = Σ_k G_jk (a_j − b_k) and
    /// db_k = Σ_j G_jk (b_k − a_j); for a dot product da_j = Σ_k G_jk b_k and db_k = Σ_j G_jk a_j.
    public func weights(_ a: Matrix, _ b: Panels, into w: Panels, slopes: Panels, _ kernels: Kernels = .current) {
        precondition(slopes.depth == w.depth && slopes.columns == w.columns)
        fill(a, b, w, slopes.base, kernels)
    }

    private func fill(_ a: Matrix, _ b: Panels, _ w: Panels, _ slopes: UnsafeMutablePointer<Float>?, _ kernels: Kernels) {
        precondition(a.rows == w.depth && b.columns == w.columns && a.stride == b.depth && a.columns == b.depth)
        kernels.table.pointee.weights(kernel, w.depth, w.columns, b.depth, a.base, b.base, w.base, slopes)
    }
}

/// What a pair of positions is measured by (§3.1).
public enum DistanceKind: Sendable, CaseIterable {
    case euclidean, squared, dot
    var code: Int32 {
        switch self {
        case .euclidean: Int32(PCN_EUCLIDEAN)
        case .squared: Int32(PCN_SQUARED)
        case .dot: Int32(PCN_DOT)
        }
    }
}

/// The periodic function that makes a weight of it (§3.2).
public enum WaveKind: Sendable, CaseIterable {
    case triangle, sine
    var code: Int32 {
        switch self {
        case .triangle: Int32(PCN_TRIANGLE)
        case .sine: Int32(PCN_SINE)
        }
    }
}
