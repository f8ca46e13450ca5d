extension Settings: Codable {
    /// Writes the settings that apply, under the spec's keys.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: SettingKey.self)
        for field in SettingField.all {
            try field.read(self)?.encode(to: &container, SettingKey(field.key))
        }
        if dataset.folder != nil { try container.encode(dataset.shape, forKey: SettingKey(Self.shapeKey)) }
    }

    /// Reads what `encode` wrote, with the same limits as a spec.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: SettingKey.self)
        var members: [JSONTree.Member] = []
        for field in SettingField.all where container.contains(SettingKey(field.key)) {
            let key = SettingKey(field.key)
            let value: JSONTree =
                switch field.kind {
                case .whole: .whole(try container.decode(Int.self, forKey: key))
                case .real: .real(try container.decode(Finite.self, forKey: key).value)
                case .realOrReals:
                    if let list = try? container.decode([Finite].self, forKey: key) {
                        .list(list.map { .real($0.value) })
                    } else {
                        .real(try container.decode(Finite.self, forKey: key).value)
                    }
                case .wholes: .list(try container.decode([Int].self, forKey: key).map(JSONTree.whole))
                case .choices: .list(try container.decode([String].self, forKey: key).map(JSONTree.text))
                case .record(let members, _):
                    .object(try Self.decodeRecord(members, try container.nestedContainer(keyedBy: SettingKey.self, forKey: key)))
                case .choice, .choiceOrPath, .text, .name, .object, .objects, .values:
                    .text(try container.decode(String.self, forKey: key))
                }
            members.append(.init(field.key, value))
        }
        if container.contains(SettingKey(Self.shapeKey)) {
            let shape = try container.decode([Int].self, forKey: SettingKey(Self.shapeKey))
            members.append(.init(Self.shapeKey, .list(shape.map(JSONTree.whole))))
        }
        do {
            self = try Settings(canonicalJSON: JSONTree.object(members).canonical)
        } catch {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: error.description, underlyingError: error))
        }
    }

    /// The members that a setting's object has. Their limits are checked afterwards.
    private static func decodeRecord(
        _ members: [RecordMember], _ container: KeyedDecodingContainer<SettingKey>
    ) throws -> [JSONTree.Member] {
        try members.filter { container.contains(SettingKey($0.key)) }.map { member in
            let key = SettingKey(member.key)
            let value: JSONTree =
                switch member.kind {
                case .whole: .whole(try container.decode(Int.self, forKey: key))
                case .wholes: .list(try container.decode([Int].self, forKey: key).map(JSONTree.whole))
                default:
                    if let list = try? container.decode([Finite].self, forKey: key) {
                        .list(list.map { .real($0.value) })
                    } else {
                        .real(try container.decode(Finite.self, forKey: key).value)
                    }
                }
            return .init(member.key, value)
        }
    }

    /// A finite double; encodings other than JSON have infinities.
    private struct Finite: Decodable {
        let value: Double

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            value = try container.decode(Double.self)
            guard value.isFinite else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a finite number")
            }
        }
    }
}
