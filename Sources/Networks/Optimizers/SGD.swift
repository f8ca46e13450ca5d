import Tensors

/// The paper's update (§4.5), plain gradient descent with a factor for each kind of parameter: dense θ ← θ − γΔθ,
/// positions l ← l − γ Δl · n/log₂ n, PCN biases b ← b − γ Δb · 10⁵ (the text prints l on the right: a misprint).
///
/// Weight decay adds its share of a parameter to the gradient, and momentum μ repeats a share of the last step (PyTorch's form):
/// v ← μ·v + Δθ + decay·θ, θ ← θ − γ·factor·v.
public struct SGD: Optimizer {
    public let state: [(name: String, tensor: Tensor)]

    private let parts: [(parameter: Parameter, velocity: Tensor?, part: Range<Int>)]
    private let options: OptimizerOptions

    public init(_ parameters: [Parameter], _ options: OptimizerOptions = OptimizerOptions()) {
        self.options = options
        let velocities = parameters.map { options.momentum > 0 ? Tensor($0.value.shape) : nil }
        state = zip(parameters, velocities).compactMap { parameter, velocity in
            velocity.map { ("sgd.velocity.\(parameter.name)", $0) }
        }
        parts = zip(parameters, velocities).flatMap { parameter, velocity in
            parameter.parts.map { (parameter, velocity, $0) }
        }
    }

    public func update(step: Int, learningRate: Double, _ workers: Workers) {
        let (share, decay) = (Float(options.momentum), Float(options.weightDecay))
        workers.forEach(parts.count) { index, _ in
            let (parameter, velocity, part) = parts[index], rate = Float(learningRate * parameter.rateFactor)
            if velocity == nil, decay == 0 {
                parameter.value.descend(parameter.gradient, part, rate: rate)
            } else {
                parameter.value.descend(parameter.gradient, velocity: velocity, part, rate: rate, share: share, decay: decay)
            }
        }
    }
}

extension OptimizerKind {
    public static let sgd = OptimizerKind(name: "sgd") { SGD($0, $1) }
}
