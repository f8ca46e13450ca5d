import Foundation
import Tensors

/// Moves parameters against their gradients. Its state is saved with a run's checkpoint.
public protocol Optimizer: Sendable {
    /// Tensors that the next step depends on besides the parameters, by name.
    var state: [(name: String, tensor: Tensor)] { get }

    /// One update of the parameters it was made for. `step` counts the run's updates from 1; `learningRate` is this step's γ.
    func update(step: Int, learningRate: Double, _ workers: Workers)
}

/// A kind of optimizer: its name in a spec, and how it is made for a network's parameters.
public struct OptimizerKind: Sendable {
    public let name: String
    public let make: @Sendable ([Parameter]) -> any Optimizer

    public static let all: [OptimizerKind] = [
        OptimizerKind(name: "sgd") { SGD($0) },
        OptimizerKind(name: "adam") { Adam($0) },
    ]

    public static func named(_ name: String) -> OptimizerKind? { all.first { $0.name == name } }
}

extension Parameter {
    /// The elements in parts that threads share; each element is updated by itself, so the parts change no bit.
    fileprivate var parts: [Range<Int>] {
        let tiles = Tiling(value.count, by: 65_536)
        return (0..<tiles.count).map { tiles[$0] }
    }
}

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

/// Adam (Kingma and Ba 2015) with β₁ 0.9, β₂ 0.999, ε 1e-8, without the paper's factors.
public struct Adam: Optimizer {
    private let parts: [(parameter: Parameter, first: Tensor, second: Tensor, part: Range<Int>)]
    public let state: [(name: String, tensor: Tensor)]
    private let beta1 = 0.9
    private let beta2 = 0.999
    private let epsilon = 1e-8

    public init(_ parameters: [Parameter]) {
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
            parameter.value.adam(
                parameter.gradient, first, second, part, beta1: Float(beta1), beta2: Float(beta2), epsilon: Float(epsilon),
                rate: Float(rate), root: Float(root))
        }
    }
}

/// γ over the steps of a run.
public enum LearningRateSchedule: String, Sendable, CaseIterable {
    case constant
    /// From γ to 0 over all steps: γ/2 · (1 + cos π·t/T) at step t = 0 ..< T.
    case cosine

    public func rate(_ learningRate: Double, step: Int, of total: Int) -> Double {
        switch self {
        case .constant: learningRate
        case .cosine: learningRate * 0.5 * (1 + cos(Double.pi * Double(step) / Double(total)))
        }
    }
}
