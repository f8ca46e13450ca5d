import Foundation
import Tensors

/// Gaussian noise on every gradient, which fades (Neelakantan et al., "Adding Gradient Noise Improves Learning for Very Deep Networks",
/// 2015): of variance η / (1 + t)^0.55 at step t = 0, 1, …
///
/// The noise is a pure function of the seed, the parameter's name, the step and the element.
public struct GradientNoise: Sendable {
    private let eta: Double
    private let parts: [(parameter: Parameter, stream: RandomStream, part: Range<Int>)]

    public init(_ parameters: [Parameter], eta: Double, seed: UInt64) {
        self.eta = eta
        parts = parameters.flatMap { parameter in
            let stream = RandomStream(seed: seed, purpose: "noise/\(parameter.name)")
            return parameter.parts.map { (parameter, stream, $0) }
        }
    }

    /// - Parameter step: counts the run's updates from 0.
    public func add(step: Int, _ workers: Workers) {
        let deviation = (eta / pow(1 + Double(step), 0.55)).squareRoot()
        workers.forEach(parts.count) { index, _ in
            let (parameter, stream, part) = parts[index], gradient = parameter.gradient.base
            for element in part {
                // Box and Muller's transform of two numbers in (0, 1].
                let place = 2 * (step * parameter.value.count + element)
                let radius = (-2 * log(Self.unit(stream.bits(place)))).squareRoot()
                gradient[element] += Float(deviation * radius * cos(2 * Double.pi * Self.unit(stream.bits(place + 1))))
            }
        }
    }

    private static func unit(_ bits: UInt64) -> Double { (Double(bits >> 11) + 1) * 0x1p-53 }
}
