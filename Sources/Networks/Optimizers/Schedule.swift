import Foundation
import Specs

extension Schedule {
    /// The learning rate of step `step` = 0 ..< `total` for a base rate γ: cosine is γ/2 · (1 + cos π·step/total).
    public func rate(_ learningRate: Double, step: Int, of total: Int) -> Double {
        switch self {
        case .constant: learningRate
        case .cosine: learningRate * 0.5 * (1 + cos(Double.pi * Double(step) / Double(total)))
        default: preconditionFailure("no rate for the schedule \(name)")
        }
    }
}
