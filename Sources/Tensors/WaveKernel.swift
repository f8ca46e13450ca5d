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

    /// weights (rows, columns) = F(z(a, b)): a (rows, d), b packed (d, columns rounded up to `packedBlock`).
    public func weights(_ a: Matrix, _ b: PackedCloud, into weights: Matrix) {
        precondition(a.rows == weights.rows && b.count == weights.columns && a.stride == b.d)
        precondition(weights.stride % PackedCloud.block == 0 && weights.stride >= b.stride)
        pcn_weights(kernel, a.rows, b.count, b.d, a.base, b.base, b.stride, weights.base, weights.stride)
    }

    /// The weights and, beside them, the slopes F′(z)·∂z in the form that `pcn_weights_and_slopes` describes.
    public func weightsAndSlopes(_ a: Matrix, _ b: PackedCloud, into weights: Matrix, _ slopes: Matrix) {
        precondition(a.rows == weights.rows && b.count == weights.columns && a.stride == b.d)
        precondition(weights.stride % PackedCloud.block == 0 && weights.stride >= b.stride && weights.stride == slopes.stride)
        pcn_weights_and_slopes(
            kernel, a.rows, b.count, b.d, a.base, b.base, b.stride, weights.base, slopes.base, weights.stride)
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
