import Foundation
import Tensors

/// How weights come of positions (§3): what is measured between two, and F over it.
public struct PointCloudForm: Sendable {
    public var distance: DistanceKind
    public var wave: WaveKind
    public var lambda: Double
    public var epsilon: Double

    public init(
        distance: DistanceKind = .euclidean, wave: WaveKind = .triangle, lambda: Double = 1, epsilon: Double = 0.1
    ) {
        (self.distance, self.wave, self.lambda, self.epsilon) = (distance, wave, lambda, epsilon)
    }

    /// F for neurons that sum over n inputs.
    func kernel(inputs: Int) -> WaveKernel {
        WaveKernel(distance: distance, wave: wave, lambda: lambda, epsilon: epsilon, inputs: inputs)
    }

    /// The factor before the learning rate of n positions (§4.5): n / log₂ n; for one position, where that has no value, 1.
    static func rateFactor(_ positions: Int) -> Double {
        positions > 1 ? Double(positions) / log2(Double(positions)) : 1
    }

    /// The factor before the learning rate of a PCN's biases (§4.5).
    static let rateFactorOfBiases = 1e5
}
