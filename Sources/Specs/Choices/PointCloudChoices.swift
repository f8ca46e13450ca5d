/// What a PCN measures between two points (§3.1).
public struct Distance: Choice {
    public let name: String
    public let summary: String

    /// ‖a − b‖₂, the paper's.
    public static let euclidean = Distance(name: "euclidean", summary: "‖a − b‖")
    /// ‖a − b‖₂².
    public static let squared = Distance(name: "squared", summary: "‖a − b‖²")
    /// a · b.
    public static let dot = Distance(name: "dot", summary: "a · b")

    @TaskLocal public static var all: [Distance] = [.euclidean, .squared, .dot]
}

/// The periodic function F that turns a distance into a weight (§3.2).
public struct Wave: Choice {
    public let name: String
    public let summary: String

    /// The paper's.
    public static let triangle = Wave(name: "triangle", summary: "a triangle wave")
    /// A sine with the triangle wave's amplitude, period and phase.
    public static let sine = Wave(name: "sine", summary: "a sine of the same amplitude, period and phase")

    @TaskLocal public static var all: [Wave] = [.triangle, .sine]
}
