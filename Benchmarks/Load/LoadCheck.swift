import Specs

/// A measured operation with its limits.
struct LoadCheck {
    let title: String
    /// Maximum seconds in the large lab, and maximum ratio to the tiny lab; nil for no limit.
    var limit: Double?
    var ratioLimit: Double?
    let tiny: [Double]
    let large: [Double]

    private var ratio: Double { median(large) / median(tiny) }

    var holds: Bool { median(large) <= limit ?? .infinity && ratio <= ratioLimit ?? .infinity }

    /// A table of all checks, and a sentence whether all limits hold.
    static func table(_ checks: [LoadCheck]) -> String {
        var table = MarkdownTable(["", "at most, ms", "large lab, ms", "tiny lab, ms", "ratio", "at most"])
        for check in checks {
            table.add([
                check.title, check.limit.map(milliseconds) ?? "", milliseconds(median(check.large)),
                milliseconds(median(check.tiny)), check.ratio.text(2), check.ratioLimit?.text(1) ?? "",
            ])
        }
        let broken = checks.filter { !$0.holds }.map(\.title)
        return table.text + "\n\n" + (broken.isEmpty ? "Every bound holds." : "Too slow: \(broken.joined(separator: ", ")).")
    }

    private static func milliseconds(_ seconds: Double) -> String {
        seconds < 0.01 ? (seconds * 1e3).text(2) : Int((seconds * 1e3).rounded()).grouped
    }
}
