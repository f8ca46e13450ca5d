/// The values in force in which runs agree, one for each setting: the columns of a table that programs read.
public struct SharedSettings: Encodable, Sendable {
    /// The keys of a spec, in the order of columns. Seed and data set are columns of their own.
    public static var keys: [String] { fields.map(\.key) }
    private static var fields: [SettingField] { SettingField.all.filter { !["dataset", "seed"].contains($0.key) } }

    private let values: [(key: String, value: SettingValue?)]

    /// A value is nil if the setting does not apply, or if the runs differ in it.
    public init(_ settings: [Settings]) {
        values = Self.fields.map { field in
            let found = Set(settings.map(field.effective))
            return (field.key, found.count == 1 ? found.first ?? nil : nil)
        }
    }

    /// The values as texts, empty for nil.
    public var texts: [String] { values.map { $0.value?.shown ?? "" } }

    /// Writes every key, with null for nil.
    public func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: SettingKey.self)
        for (name, value) in values {
            if let value {
                try value.encode(to: &object, SettingKey(name))
            } else {
                try object.encodeNil(forKey: SettingKey(name))
            }
        }
    }
}

/// The values in force of one run, also those at their defaults, which its settings leave out. Settings that do not apply have no key.
public struct EffectiveSettings: Encodable, Sendable {
    private let settings: Settings

    public init(_ settings: Settings) { self.settings = settings }

    public func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: SettingKey.self)
        for field in SettingField.all { try field.effective(settings)?.encode(to: &object, SettingKey(field.key)) }
    }
}

/// The key of a setting, as in a spec.
struct SettingKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(_ name: String) { stringValue = name }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

extension SettingValue {
    func encode(to object: inout KeyedEncodingContainer<SettingKey>, _ key: SettingKey) throws {
        switch self {
        case .text(let text): try object.encode(text, forKey: key)
        case .whole(let whole): try object.encode(whole, forKey: key)
        case .real(let real): try object.encode(real, forKey: key)
        case .wholes(let wholes): try object.encode(wholes, forKey: key)
        case .reals(let reals): try object.encode(reals, forKey: key)
        case .texts(let texts): try object.encode(texts, forKey: key)
        case .own(let dataset): try object.encode(dataset.name, forKey: key)
        case .record(let entries):
            var nested = object.nestedContainer(keyedBy: SettingKey.self, forKey: key)
            for (name, value) in entries.sorted(by: { $0.key < $1.key }) { try value.encode(to: &nested, SettingKey(name)) }
        }
    }
}
