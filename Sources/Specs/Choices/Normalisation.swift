/// How each hidden vector of the linear part is normalised before ReLU.
public struct Normalisation: Choice {
    public let name: String
    public let summary: String

    /// Not at all, as in the paper.
    public static let none = Normalisation(name: "none", summary: "as they are")
    /// Mean 0 and variance 1 over each vector's own elements, without parameters.
    public static let layer = Normalisation(name: "layer", summary: "mean 0 and variance 1 over the vector, before ReLU")

    @TaskLocal public static var all: [Normalisation] = [.none, .layer]
}
