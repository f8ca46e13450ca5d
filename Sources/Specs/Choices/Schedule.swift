/// How the learning rate changes over a run.
public struct Schedule: Choice {
    public let name: String
    public let summary: String
    /// Whether each step depends on the length of the run. Runs of different lengths are then different runs.
    let dependsOnLength: Bool
    /// Whether a warmup may come before it; not where it has its own.
    let takesWarmup: Bool

    /// Not at all, as in the paper.
    public static let constant = Schedule(name: "constant", summary: "γ throughout", dependsOnLength: false, takesWarmup: true)
    /// Along a half cosine to 0 over all epochs, step by step.
    public static let cosine = Schedule(
        name: "cosine", summary: "a half cosine from γ to 0", dependsOnLength: true, takesWarmup: true)
    /// Up to γ along a half cosine over the first 30 % of the steps, and down along another (Smith and Topin 2018), in the form of
    /// PyTorch's `OneCycleLR` with its defaults. Momentum does not change.
    public static let onecycle = Schedule(
        name: "onecycle", summary: "half cosines from γ/25 to γ over 30 % of the steps, then to γ/250000", dependsOnLength: true,
        takesWarmup: false)

    /// Down by a factor after each of the epochs that are given.
    public static let steps = Schedule(
        name: "steps", summary: "times gamma after each of the milestones", dependsOnLength: false, takesWarmup: true)

    @TaskLocal public static var all: [Schedule] = [.constant, .cosine, .onecycle, .steps]
}
