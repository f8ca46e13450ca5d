extension JSONProblem {
    /// The problem in words: what is wrong; what would be right.
    var sentence: String {
        switch self {
        case .empty:
            "the file is empty; expected a JSON object { … }"
        case .byteOrderMark(let encoding):
            "starts with a byte order mark (\(encoding)); save the file as UTF-8 without one"
        case .invalidUTF8(let byte):
            "the byte 0x\(String(byte, radix: 16, uppercase: true)) is not UTF-8; save the file as UTF-8"
        case .expectedValue(let found):
            "found \(found.text); expected a value" + found.hint
        case .expectedKey(let found):
            "found \(found.text); expected a field name in double quotes" + found.hint
        case .expectedColon(let found):
            "found \(found.text); expected a colon after the field name"
        case .expectedCommaOrClosing(let found, let closing, let opened):
            "found \(found.text); expected a comma or the \(closing) that closes line \(opened.line), "
                + "column \(opened.column)" + found.hint
        case .trailingComma(let closing):
            "comma before \(closing); remove it, or add a value after it"
        case .unfinishedString:
            "this text does not end on its line; expected a closing double quote, and \\n for a line break"
        case .controlCharacter(let scalar):
            "raw control character \(Echo.escaped(scalar)) in a text; expected an escape such as \\t or \\u00"
                + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
        case .unknownEscape(let found):
            "a backslash before \(found.text); expected one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX"
        case .shortUnicodeEscape:
            "an incomplete \\u escape; expected four hexadecimal digits after \\u"
        case .loneSurrogate(let unit):
            "\\u\(String(unit, radix: 16)) is half a character; expected a pair \\uD800…\\uDBFF, \\uDC00…\\uDFFF"
        case .malformedNumber(let text, let problem):
            "\(Echo.escaped(text)) is not a JSON number; \(problem.remedy)"
        case .textAfterEnd(let found):
            "found \(found.text) after the end of the document; expected the end of the file" + found.hint
        case .tooDeep(let limit):
            "nested more than \(limit) levels deep; a spec needs at most 4"
        }
    }
}

extension JSONProblem.Found {
    /// The found text in words.
    var text: String {
        switch self {
        case .end: "the end of the file"
        case .character(let scalar): "'\(Echo.escaped(scalar))'"
        case .word(let word): Echo.escaped(word)
        }
    }

    /// A hint for common mistakes.
    var hint: String {
        switch self {
        case .character("/"), .character("#"): " (JSON has no comments)"
        case .character("'"), .character("“"), .character("”"), .character("„"): " (JSON's quotes are \")"
        case .word("True"), .word("TRUE"): " such as true"
        case .word("False"), .word("FALSE"): " such as false"
        case .word("None"), .word("nil"), .word("NULL"), .word("Null"): " (leave the field out)"
        case .word("NaN"), .word("Infinity"), .word("nan"), .word("inf"): " (JSON's numbers are finite)"
        case .word(let word) where word.first?.isLetter == true: " (text needs double quotes)"
        case .end, .character, .word: ""
        }
    }
}

extension JSONProblem.NumberProblem {
    /// How to correct the number.
    var remedy: String {
        switch self {
        case .leadingZero: "remove the leading zeros"
        case .leadingPlus: "remove the plus sign"
        case .noDigitBeforePoint: "expected a digit before the point"
        case .noDigitAfterPoint: "expected a digit after the point"
        case .noDigitInExponent: "expected digits after e"
        case .other: "expected one such as 16, 0.1 or 1e-4"
        }
    }
}
