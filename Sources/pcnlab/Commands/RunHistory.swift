import Lab
import Operations

/// Runs' events and their logs, merged for `log`.
struct RunHistory {
    /// One run's share.
    struct Part {
        let run: String
        let events: [EventRow]
        let log: [String]
    }

    /// A line with the time that it begins with, to the second.
    private struct Line {
        let time: Substring
        let text: String

        /// - Parameter run: named between the time and the rest where there are several.
        init(_ text: String, run: String?) {
            time = text.prefix(19)
            // The log's and the events' lines begin alike: "2026-11-25 23:59:25 UTC  ".
            let start = text.index(text.startIndex, offsetBy: 25, limitedBy: text.endIndex) ?? text.endIndex
            self.text = run.map { text[..<start] + $0 + "  " + text[start...] } ?? text
        }
    }

    /// The lines: events in the order of their ids, the lines of each log as they are, merged by time. Of one second the events come
    /// first. Where the clock was set back, each part keeps its order.
    /// - Parameter namingRuns: whether each line names its run; nil if there are several.
    static func lines(_ parts: [Part], namingRuns: Bool? = nil) -> [String] {
        let namesRuns = namingRuns ?? (parts.count > 1)
        let name = { (run: String?) in namesRuns ? String((run ?? "").prefix(8)) : nil }
        let events = parts.flatMap(\.events).sorted { $0.id < $1.id }.map { Line(text($0), run: name($0.run)) }
        var sources = ([events] + parts.map { part in part.log.map { Line($0, run: name(part.run)) } }).map { $0[...] }
        var lines: [String] = []
        while let next = sources.indices.filter({ !sources[$0].isEmpty }).min(by: {
            sources[$0].first!.time < sources[$1].first!.time
        }) {
            lines.append(sources[next].removeFirst().text)
        }
        return lines
    }

    private static func text(_ event: EventRow) -> String {
        let attempt = event.attempt.map { "attempt \($0) " } ?? ""
        return "\(Format.time(event.at))  * \(attempt)\(event.kind)\(event.detail.map { ": " + $0 } ?? "")"
    }
}
