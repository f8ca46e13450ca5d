/// A JSON value with its position in the text.
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

    /// The position of the value's first character.
    let position: Position
    /// What the value is.
    let content: Content

    /// A value at a position.
    init(position: Position, content: Content) {
        self.position = position
        self.content = content
    }
}

/// One `"key": value` of an object.
struct JSONMember: Hashable, Sendable {
    /// The key, its escapes resolved.
    let key: String
    /// The position of the key's opening quote.
    let keyPosition: Position
    /// The value.
    let value: JSONValue

    /// A member whose key is at a position.
    init(key: String, keyPosition: Position, value: JSONValue) {
        self.key = key
        self.keyPosition = keyPosition
        self.value = value
    }
}
