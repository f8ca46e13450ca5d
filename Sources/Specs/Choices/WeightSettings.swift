/// The settings that only some runs have: those that determine how weights are made.
///
/// A linear part and a way to make convolutions each say which of these they use.
struct WeightSettings: OptionSet, Hashable, Sendable {
    let rawValue: Int

    init(rawValue: Int) { self.rawValue = rawValue }

    /// Dimensions of the points' space, or the rank.
    static let d = WeightSettings(rawValue: 1)
    /// λ
    static let lambda = WeightSettings(rawValue: 2)
    /// ε
    static let epsilon = WeightSettings(rawValue: 4)
    static let distance = WeightSettings(rawValue: 8)
    static let wave = WeightSettings(rawValue: 16)
    /// How the amplitude depends on the number of inputs.
    static let regulariser = WeightSettings(rawValue: 64)
    /// What a linear part has beyond the paper's.
    static let pointCloudOptions = WeightSettings(rawValue: 128)
    /// ω of a sine of a low-rank product.
    static let omega = WeightSettings(rawValue: 256)
    /// How the points of the input neurons are placed at first.
    static let inputCloud = WeightSettings(rawValue: 32)

    /// All settings of weights that are computed from distances between points.
    static let pointCloud: WeightSettings = [.d, .lambda, .epsilon, .distance, .wave, .regulariser]
}
