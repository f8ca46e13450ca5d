extension Optimizer {
    /// Adam with β₁ 0.9, β₂ 0.999, ε 1e-8 and no scalings.
    public static let adam = Optimizer(name: "adam", summary: "Adam, without scalings", stateTensors: 2)
}
