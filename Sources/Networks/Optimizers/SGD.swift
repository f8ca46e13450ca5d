import Tensors

/// The paper's update (§4.5), plain gradient descent with a factor for each kind of parameter: dense θ ← θ − γΔθ,
/// positions l ← l − γ Δl · n/log₂ n, PCN biases b ← b − γ Δb · 10⁵ (the text prints l on the right: a misprint).
public struct SGD: Optimizer {
    public let state: [(name: String, tensor: Tensor)] = []

    private let parts: [(Parameter, Range<Int>)]

    public init(_ parameters: [Parameter]) {
        parts = parameters.flatMap { parameter in parameter.parts.map { (parameter, $0) } }
    }

    public func update(step: Int, learningRate: Double, _ workers: Workers) {
        workers.forEach(parts.count) { index, _ in
            let (parameter, part) = parts[index]
            parameter.value.descend(parameter.gradient, part, rate: Float(learningRate * parameter.rateFactor))
        }
    }
}

extension OptimizerKind {
    public static let sgd = OptimizerKind(name: "sgd") { SGD($0) }
}
