/// How the learning rate changes over a run.
public struct Schedule: Choice {
    public let name: String
    public let summary: String
    /// Whether each step depends on the length of the run. Runs of different lengths are then different runs.
    let dependsOnLength: Bool

    /// Not at all, as in the paper.
    public static let constant = Schedule(name: "constant", summary: "γ throughout", dependsOnLength: false)
    /// Along a half cosine to 0 over all epochs, step by step.
    public static let cosine = Schedule(name: "cosine", summary: "a half cosine from γ to 0", dependsOnLength: true)

    @TaskLocal public static var all: [Schedule] = [.constant, .cosine]
}
