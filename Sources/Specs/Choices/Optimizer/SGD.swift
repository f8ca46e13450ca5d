extension Optimizer {
    /// The paper's update, gradient descent with a factor for each kind of parameter.
    public static let sgd = Optimizer(
        name: "sgd", summary: "the paper's update, with its scalings", stateTensors: 0, hasMomentum: true, weightDecay: 0)
}
