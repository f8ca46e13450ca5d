/// How the amplitude of F depends on the number n of a layer's inputs (§3.2).
public struct Regulariser: Choice {
    public let name: String
    public let summary: String

    /// The paper's.
    public static let paper = Regulariser(name: "paper", summary: "λ/√n from trough to crest")
    /// The amplitude follows from the initial clouds, so that λ means the same for every layer, d, ε and width.
    public static let variance = Regulariser(
        name: "variance", summary: "such that a layer's initial weights have the standard deviation λ·√(2/n)")

    @TaskLocal public static var all: [Regulariser] = [.paper, .variance]
}
