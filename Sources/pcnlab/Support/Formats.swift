import Foundation

/// How figures look in a terminal.
enum Format {
    /// 0.4312 → 43.1 %
    static func percent(_ fraction: Double?) -> String { fraction.map { String(format: "%.1f %%", $0 * 100) } ?? "–" }

    static func loss(_ loss: Double?) -> String {
        loss.map { $0 >= 1000 ? String(format: "%.3g", $0) : String(format: "%.4f", $0) } ?? "–"
    }

    /// 3.2 s, 4 min 05 s, 7 h 12 min, 3 d 4 h
    static func duration(_ seconds: Double?) -> String {
        // Beyond ten million years a whole number of them need not fit.
        guard let seconds, seconds.magnitude < 1e15 else { return "–" }
        let whole = Int(seconds.rounded())
        switch seconds {
        case ..<10: return String(format: "%.2g s", seconds)
        case ..<60: return "\(whole) s"
        case ..<3600: return String(format: "%d min %02d s", whole / 60, whole % 60)
        case ..<86_400: return String(format: "%d h %02d min", whole / 3600, whole / 60 % 60)
        default: return "\(whole / 86_400) d \(whole / 3600 % 24) h"
        }
    }

    /// 82858 → 82,858
    static func count(_ number: Int) -> String {
        var digits = String(abs(number))
        var groups: [String] = []
        while digits.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        return (number < 0 ? "-" : "") + ([digits] + groups).joined(separator: ",")
    }

    /// Milliseconds since 1970 → 2026-11-21 01:22:06 UTC
    static func time(_ milliseconds: Int64) -> String {
        let date = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
        return date.formatted(.iso8601.dateSeparator(.dash).timeSeparator(.colon).dateTimeSeparator(.space))
            .replacingOccurrences(of: "Z", with: " UTC")
    }
}

/// Pretty JSON with sorted keys, for `--json`.
enum JSONOutput {
    static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        // Only a database altered by hand has such numbers.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        let text = String(decoding: try encoder.encode(value), as: UTF8.self)
        // The encoder leaves DEL and what comes after it as it is; terminals obey some of that.
        let isUnfit = { (scalar: Unicode.Scalar) in scalar.value >= 0x7F && scalar.isObeyed }
        guard text.unicodeScalars.contains(where: isUnfit) else { return text }
        return text.unicodeScalars.map { isUnfit($0) ? String(format: "\\u%04x", $0.value) : String($0) }.joined()
    }
}
