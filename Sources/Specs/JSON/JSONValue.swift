/// A JSON value that remembers where in the text it stands.
struct JSONValue: Hashable, Sendable {
    /// What the value is.
    enum Content: Hashable, Sendable {
        /// `null`.
        case null
        /// `true` or `false`.
        case bool(Bool)
        /// A number, as written.
        case number(JSONNumber)
        /// A string, its escapes resolved.
        case string(String)
        /// A list.
        case array([JSONValue])
        /// An object's members in the order of the text, repeated keys included.
        case object([JSONMember])
    }

    /// Where the value's first character stands.
    let position: Position
    /// What the value is.
    let content: Content

    /// A value standing at a position.
    init(position: Position, content: Content) {
        self.position = position
        self.content = content
    }
}

/// One `"key": value` of an object.
struct JSONMember: Hashable, Sendable {
    /// The key, its escapes resolved.
    let key: String
    /// Where the key's opening quote stands.
    let keyPosition: Position
    /// The value.
    let value: JSONValue

    /// A member whose key stands at a position.
    init(key: String, keyPosition: Position, value: JSONValue) {
        self.key = key
        self.keyPosition = keyPosition
        self.value = value
    }
}
