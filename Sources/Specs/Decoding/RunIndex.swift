/// Finds runs by the values of their settings, so that many exclusions over many runs stay quick.
struct RunIndex {
    private let runs: [Settings]
    /// For each field asked for so far: the runs, by index, that have a value.
    private var byValue: [String: [SettingValue: Set<Int>]] = [:]

    init(_ runs: [Settings]) {
        self.runs = runs
    }

    /// The runs whose settings in force match all of the given values.
    mutating func matches(_ wanted: [(field: SettingField, value: SettingValue)]) -> Set<Int> {
        let sets = wanted.map { runs(with: $0.value, of: $0.field) }.sorted { $0.count < $1.count }
        guard let smallest = sets.first else { return [] }
        return sets.dropFirst().reduce(smallest) { $0.intersection($1) }
    }

    private mutating func runs(with value: SettingValue, of field: SettingField) -> Set<Int> {
        if byValue[field.key] == nil {
            var sets: [SettingValue: Set<Int>] = [:]
            for (index, run) in runs.enumerated() {
                if let value = field.effective(run) { sets[value, default: []].insert(index) }
            }
            byValue[field.key] = sets
        }
        return byValue[field.key]?[value] ?? []
    }
}
