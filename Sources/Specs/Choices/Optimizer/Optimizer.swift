/// How gradients move the parameters (§4.5).
///
/// To add one: a file like those beside this one, a line in `all`, and in `Networks` the code that makes it, under the same
/// name.
public struct Optimizer: Choice {
    public let name: String
    public let summary: String
    /// Tensors of a parameter's shape that it keeps for each parameter from step to step, without momentum.
    public let stateTensors: Int
    /// Whether it takes `momentum`, for which it keeps one tensor more.
    let hasMomentum: Bool
    /// Its weight decay where a spec gives none; nil if it has no weight decay.
    let weightDecay: Double?

    init(name: String, summary: String, stateTensors: Int, hasMomentum: Bool = false, weightDecay: Double? = nil) {
        (self.name, self.summary, self.stateTensors) = (name, summary, stateTensors)
        (self.hasMomentum, self.weightDecay) = (hasMomentum, weightDecay)
    }

    @TaskLocal public static var all: [Optimizer] = [.sgd, .adam, .adamw]
}

extension Settings {
    /// The weight decay, whether given or the optimizer's own.
    public var weightDecayInForce: Double { weightDecay ?? optimizer.weightDecay ?? 0 }

    /// Tensors of a parameter's shape that training keeps for each parameter, besides its gradient.
    public var stateTensors: Int { optimizer.stateTensors + (momentum > 0 ? 1 : 0) + (weightAverage > 0 ? 1 : 0) }
}
