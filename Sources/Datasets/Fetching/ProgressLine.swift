import Foundation

/// The lines that show a download's progress.
public enum ProgressLine {
    /// A line for a terminal, at most `width` characters: name, bar, percent, size, rate, time left. Parts that do not fit
    /// are omitted, the bar first; a long name is truncated.
    public static func bar(name: String, _ progress: FetchProgress, width: Int) -> String {
        let percent = progress.fraction.map { padded("\(Int($0 * 100))%", 4) } ?? "    "
        let size = padded(amount(progress), 18)
        let rate = padded(progress.bytesPerSecond > 0 ? bytes(Int64(progress.bytesPerSecond)) + "/s" : "", 11)
        let left = padded(progress.secondsLeft.map(duration) ?? "", 8)
        let numbers = "\(percent) \(size) \(rate) \(left)"
        let label = name.count > 24 ? name.prefix(23) + "…" : name[...]
        let room = width - label.count - numbers.count - 4
        guard room >= 4 else { return String("\(label) \(percent) \(size.drop { $0 == " " })".prefix(max(0, width))) }
        let filled = Int((progress.fraction ?? 0) * Double(room))
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: room - filled)
        return "\(label) \(bar) \(numbers)"
    }

    /// A line for a log.
    public static func plain(name: String, _ progress: FetchProgress) -> String {
        var parts = ["\(name): \(amount(progress, between: " of "))"]
        if let fraction = progress.fraction { parts.append("\(Int(fraction * 100))%") }
        if progress.bytesPerSecond > 0 { parts.append("\(bytes(Int64(progress.bytesPerSecond)))/s") }
        if let left = progress.secondsLeft { parts.append("\(duration(left)) left") }
        return parts.joined(separator: ", ")
    }

    /// A size with decimal prefixes: `999 B`, `28.9 kB`, `170.1 MB`.
    public static func bytes(_ count: Int64) -> String {
        if count < 1000 { return "\(count) B" }
        var value = Double(count)
        var unit = 0
        let units = ["B", "kB", "MB", "GB", "TB"]
        // 999,950 would print as 1000.0 kB.
        while value >= 999.95, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        return String(format: "%.1f ", value) + units[unit]
    }

    /// `0:07`, `12:30`, `1:02:03`; days are not expected and shown as hours.
    static func duration(_ seconds: Double) -> String {
        // For a stalled connection the time left is unbounded.
        let whole = Int(min(seconds.rounded(.up), 359_999))
        let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
        return hours > 0 ? String(format: "%d:%02d:%02d", hours, minutes, rest) : String(format: "%d:%02d", minutes, rest)
    }

    private static func amount(_ progress: FetchProgress, between: String = "/") -> String {
        guard let total = progress.total else { return bytes(progress.done) }
        return bytes(progress.done) + between + bytes(total)
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
