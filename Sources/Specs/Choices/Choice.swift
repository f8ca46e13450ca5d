/// A named value of a setting, with everything that the rest of the program needs to know about it: its descriptor.
///
/// Two are equal if their names are. To add one, define it in a file and add it to its type's `all`. `all` is task-local, so
/// that a test can add one of its own:
///
///     Linear.$all.withValue(Linear.all + [.mine]) { … }
public protocol Choice: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The value in specs, canonical settings and commands.
    var name: String { get }
    /// What it is, in a few words, for help texts and the JSON Schema.
    var summary: String { get }
    /// All values, in the order in which texts list them.
    static var all: [Self] { get }
}

extension Choice {
    /// The value with a name; nil if there is none.
    public static func named(_ name: String) -> Self? { all.first { $0.name == name } }

    /// The name.
    public var description: String { name }

    public static func == (left: Self, right: Self) -> Bool { left.name == right.name }

    public func hash(into hasher: inout Hasher) { hasher.combine(name) }

    /// Encodes the name.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }

    /// Decodes a name. Throws `DecodingError.dataCorrupted` if no value has it.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let name = try container.decode(String.self)
        guard let value = Self.named(name) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "no \(Self.self) is named \(name)")
        }
        self = value
    }
}
