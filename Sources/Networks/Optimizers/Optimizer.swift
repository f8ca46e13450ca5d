import Foundation
import Tensors

/// Moves parameters against their gradients. Its state is saved with a run's checkpoint.
public protocol Optimizer: Sendable {
    /// Tensors that the next step depends on besides the parameters, by name.
    var state: [(name: String, tensor: Tensor)] { get }

    /// One update of the parameters it was made for. `step` counts the run's updates from 1; `learningRate` is this step's γ.
    func update(step: Int, learningRate: Double, _ workers: Workers)
}

/// The settings of a spec that some optimizers take.
public struct OptimizerOptions: Sendable {
    /// The share of a step that the next one repeats.
    public var momentum: Double
    public var weightDecay: Double

    public init(momentum: Double = 0, weightDecay: Double = 0) { (self.momentum, self.weightDecay) = (momentum, weightDecay) }
}

/// How an optimizer of a spec is made for a network's parameters. A new one is a descriptor in `Specs`, a file beside this one, and a
/// line in each registry.
public struct OptimizerKind: Sendable {
    /// As its descriptor has it.
    public let name: String
    public let make: @Sendable ([Parameter], OptimizerOptions) -> any Optimizer

    public init(name: String, make: @escaping @Sendable ([Parameter], OptimizerOptions) -> any Optimizer) {
        (self.name, self.make) = (name, make)
    }

    /// Tests add to it for the duration of a closure.
    @TaskLocal public static var all: [OptimizerKind] = [.sgd, .adam, .adamw]

    public static func named(_ name: String) -> OptimizerKind? { all.first { $0.name == name } }
}

extension Parameter {
    /// The elements in parts, one a task. Elements are independent of each other, so the parts change no bit.
    var parts: [Range<Int>] {
        let tiles = Tiling(value.count, by: 65_536)
        return (0..<tiles.count).map { tiles[$0] }
    }
}
