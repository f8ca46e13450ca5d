/// How gradients move the parameters (§4.5).
///
/// To add one: a file like those beside this one, a line in `all`, and in `Networks` the code that makes it, under the same
/// name.
public struct Optimizer: Choice {
    public let name: String
    public let summary: String
    /// Tensors of a parameter's shape that it keeps for each parameter from step to step.
    public let stateTensors: Int

    init(name: String, summary: String, stateTensors: Int) {
        (self.name, self.summary, self.stateTensors) = (name, summary, stateTensors)
    }

    @TaskLocal public static var all: [Optimizer] = [.sgd, .adam]
}
