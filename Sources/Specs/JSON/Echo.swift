/// Text of a user's file made safe to show again: terminals obey control characters, so none is passed on.
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

    /// One character, escaped where showing it raw would move the cursor, hide it or reorder its neighbours.
    static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
            switch scalar {
            case "\n": "\\n"
            case "\r": "\\r"
            case "\t": "\\t"
            default: "\\u{" + String(scalar.value, radix: 16) + "}"
            }
        default:
            String(Character(scalar))
        }
    }

    /// A whole number with a comma between groups of three digits: 10,000.
    static func grouped(_ number: Int) -> String {
        let digits = String(number.magnitude)
        var result = ""
        for (offset, digit) in digits.enumerated() {
            if offset > 0, (digits.count - offset).isMultiple(of: 3) { result += "," }
            result.append(digit)
        }
        return number < 0 ? "-" + result : result
    }

    /// `a, b or c`.
    static func alternatives(_ words: [String]) -> String {
        guard let last = words.last, words.count > 1 else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " or " + last
    }
}
