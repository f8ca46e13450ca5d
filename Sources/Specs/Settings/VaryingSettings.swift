/// The settings in which the runs of a listing differ, which the name of a model, the data set, the seed and the epochs do not show.
///
/// A setting varies if two runs that have it have different values. A run that does not have it, such as an mlp without λ, is not
/// different for that.
public struct VaryingSettings: Sendable {
    private struct Entry {
        let field: SettingField
        /// The value of the first run that has the setting.
        var first: SettingValue??
        var varies = false
    }

    private var entries: [Entry]

    /// - Parameter epochs: whether the epochs count too, where they are shown in no other way.
    public init(_ settings: some Sequence<Settings> = [], epochs: Bool = false) {
        entries = SettingField.all.filter { $0.comparison == .always && (epochs || $0.key != "epochs") }.map { Entry(field: $0) }
        for settings in settings { insert(settings) }
    }

    public mutating func insert(_ settings: Settings) {
        for index in entries.indices where !entries[index].varies {
            guard entries[index].field.applicability.holds(for: settings) else { continue }
            let value = entries[index].field.read(settings)
            if let first = entries[index].first {
                entries[index].varies = first != value
            } else {
                entries[index].first = .some(value)
            }
        }
    }

    private var fields: [SettingField] { entries.filter(\.varies).map(\.field) }

    /// The settings' keys in a spec.
    public var keys: [String] { fields.map(\.key) }

    /// The settings' names as titles of columns: ε, learning rate.
    public var titles: [String] {
        fields.map { ($0.aliases.first ?? $0.key).split(separator: "_").joined(separator: " ") }
    }

    /// A run's values, one for each title; nil for a setting that it does not have.
    public func values(_ settings: Settings) -> [String?] {
        fields.map { $0.applicability.holds(for: settings) ? $0.effective(settings)?.shown : nil }
    }

    /// The same as labels: "ε 0.1", "learning rate 0.001".
    public func labels(_ settings: Settings) -> [String?] {
        zip(fields, values(settings)).map { field, value in value.map(field.label) }
    }

    /// The same for a report's labels, without the settings that the run does not have or leaves to its architecture or data set.
    public func deviations(_ settings: Settings) -> [Deviation] {
        fields.compactMap { field in
            field.read(settings).map { Deviation(field: field.key, text: field.label($0.shown)) }
        }
    }

    /// Labels of the settings that differ from the paper's and that all runs which have them share.
    public var common: [String] {
        entries.compactMap { entry in
            guard !entry.varies, case .some(.some(let value)) = entry.first, value != entry.field.standard else { return nil }
            return entry.field.label(value.shown)
        }
    }
}
