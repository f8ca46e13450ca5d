import Foundation
import Tensors

/// Adam (Kingma and Ba 2015) with β₁ 0.9, β₂ 0.999, ε 1e-8, without the paper's factors.
///
/// With weight decay it is AdamW (Loshchilov and Hutter 2019): each step first multiplies every parameter by 1 − γ·decay.
public struct Adam: Optimizer {
    private let parts: [(parameter: Parameter, first: Tensor, second: Tensor, part: Range<Int>)]
    public let state: [(name: String, tensor: Tensor)]
    private let beta1 = 0.9
    private let beta2 = 0.999
    private let epsilon = 1e-8
    private let weightDecay: Double

    public init(_ parameters: [Parameter], weightDecay: Double = 0) {
        self.weightDecay = weightDecay
        let moments = parameters.map { (first: Tensor($0.value.shape), second: Tensor($0.value.shape)) }
        state = zip(parameters, moments).flatMap { parameter, moments in
            [("adam.first.\(parameter.name)", moments.first), ("adam.second.\(parameter.name)", moments.second)]
        }
        parts = zip(parameters, moments).flatMap { parameter, moments in
            parameter.parts.map { (parameter, moments.first, moments.second, $0) }
        }
    }

    public func update(step: Int, learningRate: Double, _ workers: Workers) {
        let rate = learningRate / (1 - pow(beta1, Double(step)))
        let root = 1 / (1 - pow(beta2, Double(step))).squareRoot()
        workers.forEach(parts.count) { index, _ in
            let (parameter, first, second, part) = parts[index]
            if weightDecay > 0 { parameter.value.scale(part, by: Float(1 - learningRate * weightDecay)) }
            parameter.value.adam(
                parameter.gradient, first, second, part, beta1: Float(beta1), beta2: Float(beta2), epsilon: Float(epsilon),
                rate: Float(rate), root: Float(root))
        }
    }
}

extension OptimizerKind {
    public static let adam = OptimizerKind(name: "adam") { parameters, _ in Adam(parameters) }
    public static let adamw = OptimizerKind(name: "adamw") { Adam($0, weightDecay: $1.weightDecay) }
}
