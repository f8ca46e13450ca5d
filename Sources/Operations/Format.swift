import Foundation

/// Formats of figures in a terminal.
package enum Format {
    /// 0.4312 → 43.1 %
    package static func percent(_ fraction: Double?) -> String { fraction.map { String(format: "%.1f %%", $0 * 100) } ?? "–" }

    package static func loss(_ loss: Double?) -> String {
        loss.map { $0 >= 1000 ? String(format: "%.3g", $0) : String(format: "%.4f", $0) } ?? "–"
    }

    /// 2.5 ms, 3.2 s, 4 min 05 s, 7 h 12 min, 3 d 4 h
    package static func duration(_ seconds: Double?) -> String {
        // Larger numbers of seconds may not fit into an Int.
        guard let seconds, seconds.magnitude < 1e15 else { return "–" }
        let whole = Int(seconds.rounded())
        switch seconds {
        case 0: return "0 s"
        case ..<0.00995: return String(format: "%.2g ms", seconds * 1000)
        case ..<0.0995: return String(format: "%.0f ms", seconds * 1000)
        case ..<10: return String(format: "%.2g s", seconds)
        case ..<60: return "\(whole) s"
        case ..<3600: return String(format: "%d min %02d s", whole / 60, whole % 60)
        case ..<86_400: return String(format: "%d h %02d min", whole / 3600, whole / 60 % 60)
        default: return "\(whole / 86_400) d \(whole / 3600 % 24) h"
        }
    }

    /// 512 B, 4.2 kB, 1.3 GB
    package static func bytes(_ bytes: Int64) -> String {
        var amount = Double(bytes), unit = 0
        let units = ["B", "kB", "MB", "GB", "TB", "PB"]
        while amount >= 999.5, unit < units.count - 1 {
            amount /= 1000
            unit += 1
        }
        return String(format: unit == 0 || amount >= 9.95 ? "%.0f" : "%.1f", amount) + " " + units[unit]
    }

    /// 1 run, 2000 runs
    package static func count(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

    /// Milliseconds since 1970 → 2026-11-21 01:22:06 UTC
    package static func time(_ milliseconds: Int64) -> String {
        let date = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
        return date.formatted(.iso8601.dateSeparator(.dash).timeSeparator(.colon).dateTimeSeparator(.space))
            .replacingOccurrences(of: "Z", with: " UTC")
    }
}
