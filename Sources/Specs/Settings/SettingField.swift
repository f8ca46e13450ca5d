/// One setting of a run. The decoder, the defaults, the JSON Schema, suggestions and help texts all read this description.
public struct SettingField: Sendable {
    /// Whether a spec must give the setting.
    enum Presence: Hashable, Sendable {
        /// It must.
        case required
        /// It need not; the default is the paper's value, or what `Settings` leaves open.
        case defaulted
    }

    /// Whether a report's label names a value other than the paper's.
    enum PaperComparison: Hashable, Sendable {
        case always
        /// The model's name says it already, or it does not concern the figures.
        case never
    }

    /// The key in a spec and in canonical settings.
    public let key: String
    /// Other spellings that a spec may use.
    let aliases: [String]
    let presence: Presence
    /// The runs that have it.
    let applicability: Applicability
    /// What holds if it is not given and has no single default: "all".
    let absentText: String?
    /// Whether it determines how a run unfolds, and so belongs to the run's identity.
    public let fixesTrajectory: @Sendable (Settings) -> Bool
    let comparison: PaperComparison
    /// Its value as a report's label gives it.
    let label: @Sendable (String) -> String
    let read: @Sendable (Settings) -> SettingValue?
    let write: @Sendable (inout Settings, SettingValue) -> Void
    let clear: @Sendable (inout Settings) -> Void
    /// The value in force, also if `Settings` leaves out what only repeats the architecture or the data set.
    let effective: @Sendable (Settings) -> SettingValue?
    /// The default of a setting that canonical settings leave out at its default; nil for one that they always hold.
    private let omitted: SettingValue?
    private let makeKind: @Sendable () -> ValueKind
    private let makeSummary: @Sendable () -> String

    /// What may be written for it. A choice has the names that its registry holds now.
    var kind: ValueKind { makeKind() }
    /// What it is, in one line.
    public var summary: String { makeSummary() }

    /// - Parameter omitted: the default of a setting that was introduced later. Canonical settings leave it out there, so that runs
    ///   from before it keep their identity.
    init<Value: SettingRepresentable>(
        _ key: String, aliases: [String] = [], _ path: WritableKeyPath<Settings, Value> & Sendable,
        _ kind: @escaping @autoclosure @Sendable () -> ValueKind, _ summary: @escaping @autoclosure @Sendable () -> String,
        presence: Presence = .defaulted, applicability: Applicability = .everywhere, absentText: String? = nil,
        omittedAt omitted: Value? = nil,
        fixesTrajectory: @escaping @Sendable (Settings) -> Bool = { _ in true }, comparison: PaperComparison = .always,
        effective: (@Sendable (Settings) -> SettingValue?)? = nil, label: (@Sendable (String) -> String)? = nil
    ) {
        self.key = key
        self.aliases = aliases
        makeKind = kind
        self.presence = presence
        self.applicability = applicability
        makeSummary = summary
        self.absentText = absentText
        self.fixesTrajectory = fixesTrajectory
        self.comparison = comparison
        self.label = label ?? { "\(key) \($0)" }
        let standard = omitted?.settingValue
        self.omitted = standard
        read = { settings in
            let value = settings[keyPath: path].settingValue
            return value == standard ? nil : value
        }
        write = { settings, value in
            if let value = Value(value) { settings[keyPath: path] = value }
        }
        clear = { settings in
            if let absent = Value.absent ?? omitted { settings[keyPath: path] = absent }
        }
        let inForce: @Sendable (Settings) -> SettingValue? = { settings in
            applicability.holds(for: settings) ? settings[keyPath: path].settingValue : nil
        }
        self.effective = effective ?? (standard == nil ? read : inForce)
    }

    /// A choice among the values of a registry, whose names and summaries are added to the setting's own summary.
    static func choice<Value: SettingRepresentable, Option: Choice>(
        _ key: String, _ path: WritableKeyPath<Settings, Value> & Sendable, of type: Option.Type, _ summary: String,
        presence: Presence = .defaulted, applicability: Applicability = .everywhere, absentText: String? = nil,
        omittedAt omitted: Value? = nil,
        comparison: PaperComparison = .always, effective: (@Sendable (Settings) -> SettingValue?)? = nil,
        label: (@Sendable (String) -> String)? = nil
    ) -> SettingField {
        SettingField(
            key, path, .choice(Option.all.map(\.name)),
            "\(summary): " + Option.all.map { "\($0.name) (\($0.summary))" }.joined(separator: ", "), presence: presence,
            applicability: applicability, absentText: absentText, omittedAt: omitted, comparison: comparison,
            effective: effective, label: label)
    }

    /// The default; nil if it depends on other settings, or if the setting must be given.
    var standard: SettingValue? {
        presence == .required ? nil : omitted ?? read(Settings.paper)
    }

    /// The default in words, for help texts.
    public var defaultText: String {
        // A list that is empty by default shows nothing.
        standard.flatMap { $0.shown.isEmpty ? nil : $0.shown } ?? absentText ?? "required"
    }
}
