/// A JSON document for output: compact in RFC 8785's canonical form, or indented for people.
enum JSONTree: Hashable, Sendable {
    case bool(Bool)
    case text(String)
    case whole(Int)
    /// A whole number written with all its digits whatever its size. Not used in canonical forms.
    case literal(Int)
    case real(Double)
    case list([JSONTree])
    case object([Member])

    /// One member. Indented documents keep the order of members.
    struct Member: Hashable, Sendable {
        let key: String
        let value: JSONTree

        init(_ key: String, _ value: JSONTree) {
            self.key = key
            self.value = value
        }
    }

    /// Largest whole number that every JSON reader represents exactly, 2⁵³ − 1 (RFC 7493, §2.2).
    static let exactLimit = 9_007_199_254_740_991

    /// The canonical form of RFC 8785: no white space, keys sorted by UTF-16 units, numbers as ECMAScript writes them.
    var canonical: String {
        switch self {
        case .bool, .text, .whole, .literal, .real:
            return scalarText
        case .list(let elements):
            return "[" + elements.map(\.canonical).joined(separator: ",") + "]"
        case .object(let members):
            let sorted = members.sorted { $0.key.utf16.lexicographicallyPrecedes($1.key.utf16) }
            return "{" + sorted.map { Self.quoted($0.key) + ":" + $0.value.canonical }.joined(separator: ",") + "}"
        }
    }

    /// Indents by two spaces. A list or an object that contains no others stays on one line if it fits 100 characters.
    func pretty(indent: String = "") -> String {
        let inner = indent + "  "
        let parts: [String]
        let brackets: (String, String)
        switch self {
        case .bool, .text, .whole, .literal, .real:
            return scalarText
        case .list(let elements):
            brackets = ("[", "]")
            parts = elements.map { $0.pretty(indent: inner) }
        case .object(let members):
            brackets = ("{", "}")
            parts = members.map { Self.quoted($0.key) + ": " + $0.value.pretty(indent: inner) }
        }
        if parts.isEmpty { return brackets.0 + brackets.1 }
        let line = brackets.0 + " " + parts.joined(separator: ", ") + " " + brackets.1
        if line.count + indent.count <= 100, !line.contains("\n") { return line }
        return brackets.0 + "\n" + parts.map { inner + $0 }.joined(separator: ",\n") + "\n" + indent + brackets.1
    }

    private var scalarText: String {
        switch self {
        case .bool(let bool): bool ? "true" : "false"
        case .text(let text): Self.quoted(text)
        // Beyond 2⁵³ JSON numbers are not exact; RFC 8785 (appendix D) recommends strings.
        case .whole(let whole): whole.magnitude <= Self.exactLimit ? String(whole) : "\"\(whole)\""
        case .literal(let whole): String(whole)
        case .real(let real): ECMAScriptNumber.text(real)
        case .list, .object: preconditionFailure("no scalar")
        }
    }

    /// A quoted string in which only the characters of RFC 8785 (§3.2.2.2) are escaped.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\u{8}": result += "\\b"
            case "\u{C}": result += "\\f"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{0}"..."\u{1F}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
