/// Quotes text of a user's file in messages, with characters escaped that a terminal would act on or that are invisible.
enum Echo {
    /// Longest text that is echoed whole, in Unicode scalars.
    static let limit = 60

    /// The text with control, format and line-separating characters as `\u{…}`, cut at `limit`.
    static func escaped(_ text: String, limit: Int = Echo.limit) -> String {
        var result = ""
        var count = 0
        for scalar in text.unicodeScalars {
            if count == limit { return result + "…" }
            result += escaped(scalar)
            count += 1
        }
        return result
    }

    /// The text escaped and in double quotes.
    static func quoted(_ text: String) -> String {
        "\"" + escaped(text) + "\""
    }

    /// One character, escaped if a terminal may act on it or if it is invisible.
    static func escaped(_ scalar: Unicode.Scalar) -> String {
        guard scalar.isTerminalControl || isInvisible(scalar) else { return String(Character(scalar)) }
        return switch scalar {
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        default: "\\u{" + String(scalar.value, radix: 16) + "}"
        }
    }

    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .format, .surrogate, .privateUse, .unassigned: true
        default: false
        }
    }

    /// `a, b or c`.
    static func alternatives(_ words: [String]) -> String {
        guard let last = words.last, words.count > 1 else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " or " + last
    }
}
