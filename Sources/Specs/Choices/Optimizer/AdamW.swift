extension Optimizer {
    /// Adam with decoupled weight decay (Loshchilov and Hutter 2019): each step first multiplies the weights by 1 − γ·decay.
    public static let adamw = Optimizer(
        name: "adamw", summary: "Adam with decoupled weight decay", stateTensors: 2, weightDecay: 0.01)
}
