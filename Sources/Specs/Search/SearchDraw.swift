import Crypto
import Foundation

/// The random numbers of one trial: a function of the search's seed and the trial's number alone, so that a search with more trials
/// begins with the same ones.
struct SearchDraw {
    let seed: Int
    /// From 0.
    let trial: Int
    /// How often the trial was drawn before, and refused.
    let attempt: Int

    /// Uniform in [0, 1): the first 53 bits of a digest. Each setting has its own, so that others may join the space.
    func place(of key: String) -> Double {
        let digest = SHA256.hash(data: Data("pcnlab search \(seed) \(trial) \(attempt) \(key)".utf8))
        let bits = digest.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Double(bits >> 11) * 0x1p-53
    }
}

extension Search {
    /// How often a trial is drawn again, when it equals an earlier one, has too many parameters or a list that does not fit its layers,
    /// before the space counts as used up.
    private static let mostAttempts = 1000

    /// The trials' settings in order of their numbers: `base` with values of the space. Fewer than `trials` where the space has no more
    /// different runs.
    func draws(over base: [String: SettingValue]) -> [Settings] {
        var seen: Set<Settings> = [], drawn: [Settings] = []
        for trial in 0..<trials {
            let settings =
                (0..<Self.mostAttempts).lazy.map { attempt -> Settings? in
                    let draw = SearchDraw(seed: seed, trial: trial, attempt: attempt)
                    var values = base
                    for dimension in space { values[dimension.key] = dimension.value(at: draw.place(of: dimension.key)) }
                    return Settings(values: values, fitting: space)
                }.first { settings in settings.map { isAllowed($0) && !seen.contains($0) } ?? false } ?? nil
            guard let settings else { break }
            seen.insert(settings)
            drawn.append(settings)
        }
        return drawn
    }

    /// A trial is drawn again where it has too many parameters.
    private func isAllowed(_ settings: Settings) -> Bool {
        mostParameters.map { settings.linearParameters <= $0 } ?? true
    }
}

extension Settings {
    /// Nil where a drawn list has not one number for each layer of the drawn network.
    fileprivate init?(values: [String: SettingValue], fitting space: [SearchDimension]) {
        self.init(values: values)
        for dimension in space {
            guard let value = values[dimension.key], let field = SettingField.named(dimension.key) else { continue }
            if fault(of: value, for: field) != nil { return nil }
        }
    }
}
