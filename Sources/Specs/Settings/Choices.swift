/// How a model's linear part makes its weight matrices.
public enum Linear: String, CaseIterable, Codable, Sendable {
    /// From distances between points (§3).
    case pcn
    /// Stored, as in an ordinary multilayer perceptron.
    case mlp
    /// W = UVᵀ of rank d: the baseline that PCNs must be held against.
    case lowRank = "low_rank"
}

/// How a model's convolutions make their weights.
public enum Convolution: String, CaseIterable, Codable, Sendable {
    /// Stored, as in the paper's models.
    case dense
    /// From distances between points, along the channel axis (§6.4).
    case pcn
}

/// What a PCN measures between two points (§3.1).
public enum Distance: String, CaseIterable, Codable, Sendable {
    /// ‖a − b‖₂, the paper's.
    case euclidean
    /// ‖a − b‖₂².
    case squared
    /// a · b.
    case dot
}

/// The periodic function F that turns a distance into a weight (§3.2).
public enum Wave: String, CaseIterable, Codable, Sendable {
    /// The paper's.
    case triangle
    /// The triangle's amplitude, period and phase, rounded.
    case sine
}

/// How pixels enter the network (§4.2).
public enum InputScale: String, CaseIterable, Codable, Sendable {
    /// 0…255, the paper's.
    case raw
    /// 0…1.
    case unit
    /// Mean 0 and variance 1 per channel over the train split.
    case standard
}

/// How gradients move the parameters (§4.5).
public enum Optimizer: String, CaseIterable, Codable, Sendable {
    /// The paper's update with its scalings.
    case sgd
    /// Adam with β₁ 0.9, β₂ 0.999, ε 1e-8 and no scalings.
    case adam
}

/// How the learning rate changes over a run.
public enum Schedule: String, CaseIterable, Codable, Sendable {
    /// Not at all, as in the paper.
    case constant
    /// Along a half cosine to 0 over all epochs, step by step.
    case cosine
}
