import Lab

/// A run's events and its log, merged for `log`.
enum RunHistory {
    private struct Line {
        /// Date and time to the second, with which every line begins.
        let time: Substring
        /// 0 for an event, 1 for a line of the log: of one second the events come first.
        let source: Int
        /// The event's id, or the line's number in the log.
        let number: Int64
        let text: String
    }

    /// The lines by time, then source, then number. No two have the same keys, so that the order does not depend on how a sort
    /// treats equal elements.
    /// - Parameter namingRuns: whether an event's line begins with its run.
    static func lines(events: [EventRow], log: [String], namingRuns: Bool = false) -> [String] {
        let lines =
            events.map { event in
                let attempt = event.attempt.map { "attempt \($0) " } ?? ""
                let run = namingRuns ? "\(event.run.map { String($0.prefix(8)) } ?? "")  " : ""
                let text = "\(Format.time(event.at))  \(run)* \(attempt)\(event.kind)\(event.detail.map { ": " + $0 } ?? "")"
                return Line(time: text.prefix(19), source: 0, number: event.id, text: text)
            }
            + log.enumerated().map { Line(time: $1.prefix(19), source: 1, number: Int64($0), text: $1) }
        return lines.sorted { ($0.time, $0.source, $0.number) < ($1.time, $1.source, $1.number) }.map(\.text)
    }
}
