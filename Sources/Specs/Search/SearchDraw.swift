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
    /// How often a trial is drawn again, when it equals an earlier one, has too many parameters or settings that do not fit together.
    private static let mostAttempts = 1000
    /// The most combinations of a space's values that are looked through where drawing finds no other trial.
    private static let mostCombinations = 100_000

    /// The trials' settings in order of their numbers: `base` with values of the space. Fewer than `trials` where the space has no more
    /// different runs.
    func draws(over base: [String: SettingValue]) -> [Settings] {
        var seen: Set<Settings> = [], drawn: [Settings] = []
        var rest: [Settings]?
        for trial in 0..<trials {
            let settings =
                (0..<Self.mostAttempts).lazy.map { attempt -> Settings? in
                    let draw = SearchDraw(seed: seed, trial: trial, attempt: attempt)
                    var values = base
                    for dimension in space { values[dimension.key] = dimension.value(at: draw.place(of: dimension.key)) }
                    return Settings(fitting: values)
                }.first { settings in settings.map { isAllowed($0) && !seen.contains($0) } ?? false } ?? nil
            guard let next = settings ?? leftOver(trial, base, seen, &rest) else { break }
            seen.insert(next)
            drawn.append(next)
        }
        return drawn
    }

    /// A trial among those of a small space that were not drawn yet: the last ones are hard to meet by chance.
    private func leftOver(
        _ trial: Int, _ base: [String: SettingValue], _ seen: Set<Settings>, _ rest: inout [Settings]?
    ) -> Settings? {
        let left = (rest ?? combinations(base)).filter { !seen.contains($0) }
        rest = left
        let place = SearchDraw(seed: seed, trial: trial, attempt: Self.mostAttempts).place(of: "")
        return left.isEmpty ? nil : left[min(left.count - 1, Int(place * Double(left.count)))]
    }

    /// Every run of the space, each once; none of a space that has too many, or ranges of real numbers.
    private func combinations(_ base: [String: SettingValue]) -> [Settings] {
        var all = [base]
        for dimension in space {
            guard let values = dimension.all(atMost: Self.mostCombinations / all.count) else { return [] }
            all = all.flatMap { one in values.map { one.merging([dimension.key: $0]) { $1 } } }
        }
        var known: Set<Settings> = []
        return all.compactMap(Settings.init(fitting:)).filter { isAllowed($0) && known.insert($0).inserted }
    }

    /// A trial is drawn again where it has too many parameters.
    private func isAllowed(_ settings: Settings) -> Bool {
        mostParameters.map { settings.linearParameters <= $0 } ?? true
    }
}

extension Settings {
    /// Nil where settings do not fit together, or a list has not one number for each layer.
    init?(fitting values: [String: SettingValue]) {
        self.init(values: values)
        for (key, value) in values {
            guard let field = SettingField.named(key) else { continue }
            if fault(of: value, for: field) != nil { return nil }
        }
        if !faults.isEmpty { return nil }
    }
}
