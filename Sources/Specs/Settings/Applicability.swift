/// The runs that have a setting: those for which any of some conditions holds, or all.
public struct Applicability: Hashable, Sendable {
    /// Another setting has one of these values.
    public struct Condition: Hashable, Sendable {
        /// The other setting.
        public let key: String
        /// Its values that suit.
        public let values: [String]
    }

    /// Empty for a setting that every run has.
    public let alternatives: [Condition]

    /// Every run.
    static let everywhere = Applicability(alternatives: [])

    /// Runs with something made from points: the linear part in one of these ways, or the convolutions.
    static func pointClouds(or linears: Linear...) -> Applicability {
        Applicability(alternatives: [
            Condition(key: "linear", values: ([.pcn] + linears).map(\.rawValue)),
            Condition(key: "convolution", values: [Convolution.pcn.rawValue]),
        ])
    }

    /// Runs whose architecture has convolutions.
    static let convolutions = Applicability(alternatives: [
        Condition(key: "architecture", values: Architecture.allCases.filter(\.hasConvolutions).map(\.rawValue))
    ])

    func holds(for settings: Settings) -> Bool {
        alternatives.isEmpty || alternatives.contains { $0.holds(for: settings) }
    }

    /// The settings that have a say in it, directly or through one that is given.
    func deciders(given: Set<String>) -> Set<String> {
        alternatives.reduce(into: []) { keys, condition in
            keys.insert(condition.key)
            guard given.contains(condition.key), let field = condition.field else { return }
            keys.formUnion(field.applicability.deciders(given: given))
        }
    }

    /// In words: "linear is "pcn", or convolution is "pcn"".
    var phrase: String {
        alternatives.map { "\($0.key) is " + Echo.alternatives($0.values) }.joined(separator: ", or ")
    }

    /// Why it does not apply to a run, and what would make it apply; conditions on settings that the run has not are passed over.
    func refusal(for settings: Settings) -> (found: String, remedy: String) {
        let open = alternatives.compactMap { condition in condition.found(in: settings).map { (condition, $0) } }
        return (
            open.map { "\($0.key) is \($1)" }.joined(separator: " and "),
            open.map { condition, _ in "\(condition.key) to " + Echo.alternatives(condition.values) }.joined(separator: ", or ")
        )
    }
}

extension Applicability.Condition {
    var field: SettingField? { SettingField.named(key) }

    /// Whether it holds where nothing is said.
    var holdsByDefault: Bool { field?.standard.map { values.contains($0.shown) } ?? false }

    func found(in settings: Settings) -> String? { field?.effective(settings)?.shown }

    func holds(for settings: Settings) -> Bool { found(in: settings).map(values.contains) ?? false }
}
