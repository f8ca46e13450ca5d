/// The settings that only some runs have: those that determine how weights are made.
///
/// A linear part and a way to make convolutions each say which of these they use.
public struct WeightSettings: OptionSet, Hashable, Sendable {
    public let rawValue: Int

    public init(rawValue: Int) { self.rawValue = rawValue }

    /// Dimensions of the points' space, or the rank.
    public static let d = WeightSettings(rawValue: 1)
    /// λ
    public static let lambda = WeightSettings(rawValue: 2)
    /// ε
    public static let epsilon = WeightSettings(rawValue: 4)
    public static let distance = WeightSettings(rawValue: 8)
    public static let wave = WeightSettings(rawValue: 16)

    /// All settings of weights that are computed from distances between points.
    public static let pointCloud: WeightSettings = [.d, .lambda, .epsilon, .distance, .wave]
}
