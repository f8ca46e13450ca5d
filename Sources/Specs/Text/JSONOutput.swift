import Foundation

/// JSON for people and programs: indented, keys sorted and in snake_case.
package enum JSONOutput {
    /// The text of a value, without a line end. Numbers that JSON does not have become "inf", "-inf" and "nan"; characters that
    /// a terminal would act on are escaped.
    package static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        let text = String(decoding: try encoder.encode(value), as: UTF8.self)
        // The encoder escapes control characters below U+007F only.
        let isEscaped = { (scalar: Unicode.Scalar) in scalar.value >= 0x7F && scalar.isUnprintable }
        guard text.unicodeScalars.contains(where: isEscaped) else { return text }
        return text.unicodeScalars.map { isEscaped($0) ? $0.utf16Escapes : String($0) }.joined()
    }
}

extension Unicode.Scalar {
    /// \uXXXX, or two of them for a character beyond U+FFFF.
    fileprivate var utf16Escapes: String {
        UTF16.encode(self)?.map { String(format: "\\u%04x", $0) }.joined() ?? ""
    }
}
