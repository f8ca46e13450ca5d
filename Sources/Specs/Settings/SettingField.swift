/// One setting of a run, described once: the decoder, the defaults, the schema, suggestions and help texts all read this.
public struct SettingField: Sendable {
    /// Whether a spec must give the setting.
    public enum Presence: Hashable, Sendable {
        /// It must.
        case required
        /// It need not: the paper's value, or what `Settings` leaves open, stands in.
        case defaulted
    }

    /// Whether a value other than the default's sets a run apart from the paper's.
    enum PaperComparison: Hashable, Sendable {
        case always
        /// The model's name says it already, or it does not concern the figures.
        case never
    }

    /// The key in a spec and in canonical settings.
    public let key: String
    /// Other spellings that a spec may use.
    public let aliases: [String]
    /// What may be written for it.
    public let kind: ValueKind
    /// Whether it must be given.
    public let presence: Presence
    /// The runs that have it.
    public let applicability: Applicability
    /// What it is, in one line.
    public let summary: String
    /// What holds where it is not given and has no single default: "all".
    public let absentText: String?
    /// Whether it fixes how a run unfolds, and so belongs to the run's identity.
    let fixesTrajectory: @Sendable (Settings) -> Bool
    /// Whether a report's label names it.
    let comparison: PaperComparison
    /// Its value as a report's label tells it.
    let label: @Sendable (String) -> String
    let read: @Sendable (Settings) -> SettingValue?
    let write: @Sendable (inout Settings, SettingValue) -> Void
    let clear: @Sendable (inout Settings) -> Void
    /// The value in force, also where `Settings` leaves out what only repeats the architecture or the data set.
    let effective: @Sendable (Settings) -> SettingValue?

    init<Value: SettingRepresentable>(
        _ key: String, aliases: [String] = [], _ path: WritableKeyPath<Settings, Value> & Sendable, _ kind: ValueKind,
        _ summary: String, presence: Presence = .defaulted, applicability: Applicability = .everywhere,
        absentText: String? = nil, fixesTrajectory: @escaping @Sendable (Settings) -> Bool = { _ in true },
        comparison: PaperComparison = .always, effective: (@Sendable (Settings) -> SettingValue?)? = nil,
        label: (@Sendable (String) -> String)? = nil
    ) {
        self.key = key
        self.aliases = aliases
        self.kind = kind
        self.presence = presence
        self.applicability = applicability
        self.summary = summary
        self.absentText = absentText
        self.fixesTrajectory = fixesTrajectory
        self.comparison = comparison
        self.label = label ?? { "\(key) \($0)" }
        read = { $0[keyPath: path].settingValue }
        write = { settings, value in
            if let value = Value(value) { settings[keyPath: path] = value }
        }
        clear = { settings in
            if let absent = Value.absent { settings[keyPath: path] = absent }
        }
        self.effective = effective ?? read
    }

    /// A choice among an enum's cases.
    static func choice<Value: SettingRepresentable & RawRepresentable<String> & CaseIterable>(
        _ key: String, _ path: WritableKeyPath<Settings, Value> & Sendable, _ summary: String,
        presence: Presence = .defaulted, comparison: PaperComparison = .always,
        label: (@Sendable (String) -> String)? = nil
    ) -> SettingField {
        SettingField(
            key, path, .choice(Value.allCases.map(\.rawValue)), summary, presence: presence,
            comparison: comparison, label: label)
    }

    /// A choice that only what is made from points has.
    static func pcnChoice<Value: SettingRepresentable & RawRepresentable<String> & CaseIterable>(
        _ key: String, _ path: WritableKeyPath<Settings, Value?> & Sendable, _ summary: String,
        label: @escaping @Sendable (String) -> String
    ) -> SettingField {
        SettingField(
            key, path, .choice(Value.allCases.map(\.rawValue)), summary, applicability: .pointClouds(), label: label)
    }

    /// Whether a run of these settings has this one.
    func applies(to settings: Settings) -> Bool {
        applicability.holds(for: settings)
    }

    /// The value that stands in where none is given; nil where it depends on others or must be given.
    var standard: SettingValue? {
        presence == .required ? nil : read(Settings(dataset: .cifar10))
    }

    /// The default in words, for help texts.
    public var defaultText: String {
        standard?.shown ?? absentText ?? "required"
    }
}
