/// How a PCN's points are placed at first (§4.4).
public struct Initialisation: Choice {
    public let name: String
    public let summary: String

    /// Everywhere alike, as in the paper.
    public static let uniform = Initialisation(name: "uniform", summary: "uniform in [−1, 1]")
    /// The input neurons' first two coordinates are their pixels' places in [−1, 1]², across and down; the others are one random
    /// vector for each channel. All other clouds are uniform over the same space.
    public static let grid = Initialisation(
        name: "grid",
        summary: "the input neurons at their pixels' places in two dimensions, a random vector a channel in the others")

    /// Two for a pixel's place, one to tell channels apart.
    static let fewestGridDimensions = 3

    @TaskLocal public static var all: [Initialisation] = [.uniform, .grid]
}
