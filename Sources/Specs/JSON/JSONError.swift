/// Why a text is not JSON, and where.
struct JSONError: Error, Hashable, Sendable {
    /// Where the text stops being JSON.
    let position: Position
    /// The innermost key or element that was being read.
    let path: FieldPath
    /// What is wrong there.
    let problem: JSONProblem
}

/// What can be wrong with a text that should be JSON.
enum JSONProblem: Hashable, Sendable {
    /// What stands where something else was due.
    enum Found: Hashable, Sendable {
        /// The end of the text.
        case end
        /// A character.
        case character(Unicode.Scalar)
        /// A bare word or number.
        case word(String)
    }

    /// What a number lacks.
    enum NumberProblem: Hashable, Sendable {
        /// `007`.
        case leadingZero
        /// `+1`.
        case leadingPlus
        /// `.5`.
        case noDigitBeforePoint
        /// `1.`.
        case noDigitAfterPoint
        /// `1e`.
        case noDigitInExponent
        /// `1x`, `1.2.3`.
        case other
    }

    /// Nothing but white space.
    case empty
    /// A byte order mark; the encoding it announces.
    case byteOrderMark(encoding: String)
    /// A byte that is no UTF-8.
    case invalidUTF8(byte: UInt8)
    /// A value was due.
    case expectedValue(found: Found)
    /// A key in quotes was due.
    case expectedKey(found: Found)
    /// A colon after a key was due.
    case expectedColon(found: Found)
    /// A comma or a closing bracket was due.
    case expectedCommaOrClosing(found: Found, closing: Unicode.Scalar, opened: Position)
    /// A comma before a closing bracket.
    case trailingComma(closing: Unicode.Scalar)
    /// A string without its closing quote on the line.
    case unfinishedString
    /// A raw control character inside a string.
    case controlCharacter(Unicode.Scalar)
    /// A backslash before something that it does not escape.
    case unknownEscape(Found)
    /// `\u` without four hexadecimal digits.
    case shortUnicodeEscape
    /// Half of a surrogate pair.
    case loneSurrogate(UInt16)
    /// Something that starts as a number and is none.
    case malformedNumber(String, NumberProblem)
    /// More text after the document's one value.
    case textAfterEnd(found: Found)
    /// More levels of nesting than are read.
    case tooDeep(limit: Int)
}
