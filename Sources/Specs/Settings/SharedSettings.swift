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

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// Writes every key, with null for nil.
    public func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Key.self)
        for (name, value) in values {
            let key = Key(stringValue: name)
            switch value {
            case .text(let text)?: try object.encode(text, forKey: key)
            case .whole(let whole)?: try object.encode(whole, forKey: key)
            case .real(let real)?: try object.encode(real, forKey: key)
            case .wholes(let wholes)?: try object.encode(wholes, forKey: key)
            case .reals(let reals)?: try object.encode(reals, forKey: key)
            case .texts(let texts)?: try object.encode(texts, forKey: key)
            case .own(let dataset)?: try object.encode(dataset.name, forKey: key)
            case nil: try object.encodeNil(forKey: key)
            }
        }
    }
}
