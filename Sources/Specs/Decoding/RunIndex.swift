/// An index of runs by the values of their settings, for many exclusions over many runs.
struct RunIndex {
    private let runs: [Settings]
    /// For each field that was looked up: the runs that have a value.
    private var byValue: [String: [SettingValue: RunSet]] = [:]

    init(_ runs: [Settings]) {
        self.runs = runs
    }

    /// The runs whose settings in force match all of the given values. There must be at least one value.
    mutating func matches(_ wanted: [(field: SettingField, value: SettingValue)]) -> RunSet {
        let sets = wanted.map { runs(with: $0.value, of: $0.field) }
        return sets.dropFirst().reduce(into: sets[0]) { $0.formIntersection($1) }
    }

    private mutating func runs(with value: SettingValue, of field: SettingField) -> RunSet {
        let value = value.canonical, empty = RunSet(capacity: runs.count)
        if byValue[field.key] == nil {
            var sets: [SettingValue: RunSet] = [:]
            for (index, run) in runs.enumerated() {
                if let value = field.effective(run) { sets[value, default: empty].insert(index) }
            }
            byValue[field.key] = sets
        }
        return byValue[field.key]?[value] ?? empty
    }
}

/// A set of indices of runs, one bit for each run.
struct RunSet {
    private var words: [UInt64]

    /// An empty set for so many runs.
    init(capacity: Int) {
        words = [UInt64](repeating: 0, count: (capacity + 63) / 64)
    }

    var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

    var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    func contains(_ index: Int) -> Bool { words[index / 64] >> (index % 64) & 1 == 1 }

    mutating func insert(_ index: Int) { words[index / 64] |= 1 << (index % 64) }

    mutating func formUnion(_ other: RunSet) {
        for index in words.indices { words[index] |= other.words[index] }
    }

    mutating func formIntersection(_ other: RunSet) {
        for index in words.indices { words[index] &= other.words[index] }
    }
}
