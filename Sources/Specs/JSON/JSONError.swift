/// An error in a JSON text, with its position.
struct JSONError: Error, Hashable, Sendable {
    /// The position at which the text stops being JSON.
    let position: Position
    /// The innermost key or element that was being read.
    let path: FieldPath
    /// What is wrong.
    let problem: JSONProblem
}

/// The errors in a JSON text.
enum JSONProblem: Hashable, Sendable {
    /// The text that was found where something else was expected.
    enum Found: Hashable, Sendable {
        /// The end of the text.
        case end
        /// A character.
        case character(Unicode.Scalar)
        /// A bare word or number.
        case word(String)
    }

    /// Errors in a number.
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
    /// A byte that is not UTF-8.
    case invalidUTF8(byte: UInt8)
    /// A value was expected.
    case expectedValue(found: Found)
    /// A key in quotes was expected.
    case expectedKey(found: Found)
    /// A colon after a key was expected.
    case expectedColon(found: Found)
    /// A comma or a closing bracket was expected.
    case expectedCommaOrClosing(found: Found, closing: Unicode.Scalar, opened: Position)
    /// A comma before a closing bracket.
    case trailingComma(closing: Unicode.Scalar)
    /// A string without its closing quote on the line.
    case unfinishedString
    /// A raw control character inside a string.
    case controlCharacter(Unicode.Scalar)
    /// A backslash before a character that it cannot escape.
    case unknownEscape(Found)
    /// `\u` without four hexadecimal digits.
    case shortUnicodeEscape
    /// Half of a surrogate pair.
    case loneSurrogate(UInt16)
    /// Text that starts like a number and is not one.
    case malformedNumber(String, NumberProblem)
    /// Text after the document's value.
    case textAfterEnd(found: Found)
    /// More levels of nesting than are read.
    case tooDeep(limit: Int)
}
