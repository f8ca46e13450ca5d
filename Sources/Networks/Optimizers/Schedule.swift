import Foundation
import Specs

extension Schedule {
    /// The learning rate of step `step` = 0 ..< `total` for a base rate γ. Cosine is γ/2 · (1 + cos π·step/total).
    ///
    /// Onecycle is PyTorch's `OneCycleLR(γ, total)` at its step `step`: with s = 0.3·total − 1, a half cosine from γ/25 at step 0 to γ
    /// at step s, then another to γ/250000 at the last step.
    ///
    /// - Parameter falls: of steps, the factor for each milestone that is past: γ · gamma^count.
    public func rate(_ learningRate: Double, step: Int, of total: Int, falls: (gamma: Double, count: Int) = (1, 0)) -> Double {
        switch self {
        case .constant: return learningRate
        case .cosine: return learningRate * 0.5 * (1 + cos(Double.pi * Double(step) / Double(total)))
        case .onecycle:
            let top = 0.3 * Double(total) - 1, last = Double(total) - 1, step = Double(step)
            let first = learningRate / 25, end = first / 1e4
            if step < top { return halfCosine(from: first, to: learningRate, step / top) }
            return halfCosine(from: learningRate, to: end, (step - top) / (last - top))
        case .steps: return learningRate * pow(falls.gamma, Double(falls.count))
        default: preconditionFailure("no rate for the schedule \(name)")
        }
    }

    /// From `start` at share 0 to `end` at share 1.
    private func halfCosine(from start: Double, to end: Double, _ share: Double) -> Double {
        end + (start - end) / 2 * (1 + cos(Double.pi * share))
    }
}
