/// The runs that have a setting. What a setting depends on follows from the descriptors of the choices.
enum Applicability: Hashable, Sendable {
    /// All runs.
    case everywhere
    /// Runs whose linear part or convolutions use the setting.
    case weights(WeightSettings)
    /// Runs whose architecture has convolutions.
    case convolutions

    /// Another setting has one of these values.
    struct Condition: Hashable, Sendable {
        /// The other setting's key.
        let key: String
        /// The values for which the condition holds.
        let values: [String]
    }

    /// The setting applies if any of these holds. Empty for a setting that all runs have.
    var alternatives: [Condition] {
        switch self {
        case .everywhere: []
        case .weights(let setting):
            [
                Condition(key: "linear", values: Linear.all.filter { $0.settings.contains(setting) }.map(\.name)),
                Condition(key: "convolution", values: Convolution.all.filter { $0.settings.contains(setting) }.map(\.name)),
            ]
        case .convolutions:
            [Condition(key: "architecture", values: Architecture.all.filter(\.hasConvolutions).map(\.name))]
        }
    }

    /// Whether a run with these settings has the setting. Says the same as `alternatives`, without looking values up.
    func holds(for settings: Settings) -> Bool {
        switch self {
        case .everywhere: true
        case .weights(let setting):
            settings.linear.settings.contains(setting) || settings.convolutionInForce?.settings.contains(setting) == true
        case .convolutions: settings.architecture.hasConvolutions
        }
    }

    /// The settings that decide whether it holds, directly or through a setting that is given.
    func deciders(given: Set<String>) -> Set<String> {
        alternatives.reduce(into: []) { keys, condition in
            keys.insert(condition.key)
            guard given.contains(condition.key), let field = condition.field else { return }
            keys.formUnion(field.applicability.deciders(given: given))
        }
    }

    /// In words: "linear is pcn, or convolution is pcn".
    var phrase: String {
        alternatives.map { "\($0.key) is " + Echo.alternatives($0.values) }.joined(separator: ", or ")
    }

    /// Why the setting does not apply to a run, and what would make it apply. Conditions on settings that the run does not have
    /// are left out.
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

    /// Whether it holds if the other setting is not given.
    var holdsByDefault: Bool { field?.standard.map { values.contains($0.shown) } ?? false }

    func found(in settings: Settings) -> String? { field?.effective(settings)?.shown }
}
