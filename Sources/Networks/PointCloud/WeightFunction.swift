import CKernels
import Foundation
import Specs
import Tensors

/// How a weight is computed from two positions (§3): their distance, and the periodic function F of it with amplitude λ and
/// half-period ε.
///
/// The paper's text says that F lies in [−λ, λ]; its formula, which was trained and is computed here, gives [−λ/2, λ/2]/√n.
public struct WeightFunction: Sendable {
    public var distance: Distance
    public var wave: Wave
    public var lambda: Double
    public var epsilon: Double
    public var regulariser: Regulariser

    public init(
        distance: Distance = Settings.Default.distance, wave: Wave = Settings.Default.wave,
        lambda: Double = Settings.Default.lambda, epsilon: Double = Settings.Default.epsilon,
        regulariser: Regulariser = Settings.Default.regulariser
    ) {
        (self.distance, self.wave, self.lambda, self.epsilon) = (distance, wave, lambda, epsilon)
        self.regulariser = regulariser
    }

    /// F for neurons that sum over n inputs, with the paper's amplitude λ/√n.
    public func kernel(inputs: Int) -> WeightKernel {
        WeightKernel(self, amplitude: lambda / Double(inputs).squareRoot())
    }

    /// The factor of the learning rate of a cloud of n positions (§4.5): n / log₂ n, and 1 for a single position.
    static func rateFactor(_ positions: Int) -> Double {
        positions > 1 ? Double(positions) / log2(Double(positions)) : 1
    }

    /// The factor of the learning rate of a PCN's biases (§4.5).
    static let biasRateFactor = 1e5
}

/// F of one layer as the engine's kernel computes it, in tiles (§3.2): weight = amplitude · shape(z / 2ε), shape in [−½, ½].
public struct WeightKernel: Sendable {
    private var function: pcn_weight_function
    private let epsilon: Double
    let distance: Distance
    var amplitude: Float { function.amplitude }

    init(_ f: WeightFunction, amplitude: Double) {
        (distance, epsilon) = (f.distance, f.epsilon)
        function = pcn_weight_function(
            distance: f.distance.code, wave: f.wave.code, inverse_period: Float(1 / (2 * f.epsilon)),
            amplitude: Float(amplitude))
    }

    /// `scale` · sin(ω · a·b): an odd sine of the dot product.
    init(sineOfDot omega: Double, scale: Double) {
        (distance, epsilon) = (.dot, Double.pi / omega)
        function = pcn_weight_function(
            distance: Distance.dot.code, wave: Int32(PCN_ODD_SINE), inverse_period: Float(omega / (2 * Double.pi)),
            amplitude: Float(2 * scale))
    }

    /// The same with ε · exp(exponent) for ε.
    func stretched(by exponent: Float) -> WeightKernel {
        var other = self
        other.function.inverse_period = Float(1 / (2 * epsilon * exp(Double(exponent))))
        return other
    }

    /// Panels of W, w[j, k] = F(z(a_j, b_k)): a (depth, d), and b (d, columns), the other positions packed as a transpose.
    ///
    /// `slopes`, if given, receives F′(z)·∂z: with G = dW ⊙ slopes, da_j = Σ_k G_jk (a_j − b_k) and db_k = Σ_j G_jk (b_k − a_j);
    /// for a dot product da_j = Σ_k G_jk b_k and db_k = Σ_j G_jk a_j.
    public func weights(_ a: Matrix, _ b: Panels, into w: Panels, slopes: Panels? = nil, _ kernels: Kernels = .current) {
        precondition(a.rows == w.depth && b.columns == w.columns && a.stride == b.depth && a.columns == b.depth)
        precondition(slopes == nil || slopes!.depth == w.depth && slopes!.columns == w.columns)
        kernels.table.pointee.weights(function, w.depth, w.columns, b.depth, a.base, b.base, w.base, slopes?.base)
    }

    /// Writes w (m, n) = F(z(b_k, a_j)) for a (n, d) and b (m, d): W as PyTorch stores it. F(z(b_k, a_j)) and F(z(a_j, b_k)) are
    /// equal to the bit.
    ///
    /// - Parameter change: called with each tile and the packed positions a of its columns.
    func expand(_ a: Matrix, _ b: Matrix, into w: Matrix, _ change: (_ tile: Panels, _ positions: Panels) -> Void = { _, _ in }) {
        let tiles = Tiling(a.rows, by: 128)
        let memory = Tensor(Panels.floats(a.columns, tiles.size)), panels = Tensor(Panels.floats(b.rows, tiles.size))
        for index in 0..<tiles.count {
            let columns = tiles[index]
            let positions = Panels(base: memory.base, depth: a.columns, columns: columns.count)
            let tile = Panels(base: panels.base, depth: b.rows, columns: columns.count)
            positions.pack(a[rows: columns].transposed)
            weights(b, positions, into: tile)
            change(tile, positions)
            tile.unpack(into: w[columns: columns])
        }
        withExtendedLifetime((memory, panels)) {}
    }
}

extension Distance {
    fileprivate var code: Int32 {
        switch self {
        case .euclidean: Int32(PCN_EUCLIDEAN)
        case .squared: Int32(PCN_SQUARED)
        case .dot: Int32(PCN_DOT)
        default: preconditionFailure("no kernel for the distance \(name)")
        }
    }
}

extension Wave {
    fileprivate var code: Int32 {
        switch self {
        case .triangle: Int32(PCN_TRIANGLE)
        case .sine: Int32(PCN_SINE)
        default: preconditionFailure("no kernel for the wave \(name)")
        }
    }
}
