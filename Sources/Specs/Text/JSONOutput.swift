import Foundation

/// Pretty-printed JSON with sorted, snake-case keys: the one format of `--json` and of JSON files.
public enum JSONOutput {
    public static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        // Only a manually altered database holds such numbers.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        let text = String(decoding: try encoder.encode(value), as: UTF8.self)
        // The encoder does not escape DEL and later control characters, and terminals act on some of them.
        let isUnfit = { (scalar: Unicode.Scalar) in scalar.value >= 0x7F && scalar.isTerminalControl }
        guard text.unicodeScalars.contains(where: isUnfit) else { return text }
        return text.unicodeScalars.map { isUnfit($0) ? String(format: "\\u%04x", $0.value) : String($0) }.joined()
    }
}
