/// Something that must be quick in a lab of any size, and the times that it took.
struct LoadCheck {
    let title: String
    /// The most seconds that it may take in the large lab, and times as long as in the tiny one; nil where nothing is asked.
    var limit: Double?
    var ratioLimit: Double?
    let tiny: [Double]
    let large: [Double]

    private var ratio: Double { median(large) / median(tiny) }

    var holds: Bool { median(large) <= limit ?? .infinity && ratio <= ratioLimit ?? .infinity }

    /// A table of all, and whether they hold.
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
