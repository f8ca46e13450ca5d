/// The data of a plot, before layout.
struct LinePlot: Sendable {
    struct Series: Sendable {
        let label: String
        let style: LineStyle
        let lines: [Line]

        /// Whether any point of it is drawn.
        var isDrawn: Bool { lines.contains { $0.polyline.last != nil } }
    }

    struct Line: Sendable {
        enum Weight: Sendable {
            /// The only run of its series.
            case only
            /// The mean over finished seeds.
            case mean
            /// One of several seeds, drawn thin below their mean.
            case seed
        }

        enum End: Sendable {
            case finished
            /// The run may continue: an open circle.
            case unfinished
            /// The run failed or diverged: a cross.
            case broken
        }

        let polyline: Polyline
        let weight: Weight
        let end: End
    }

    let title: String
    /// Properties that all series have in common.
    let subtitle: String
    let xAxis: String
    let yAxis: String
    let series: [Series]
    /// The x axis, if x is not the epoch.
    var xScale: Scale?
    /// A sentence that the caption begins with.
    var note: String?

    /// Maximum number of points of a line.
    private static let columns = 300

    /// Number of epochs averaged in each point of a line: 1 unless there are far more epochs than points.
    var epochsPerPoint: Int {
        if xScale != nil { return 1 }
        let last = Int(series.flatMap(\.lines).flatMap(\.polyline.points).lazy.map(\.x).max() ?? 1)
        return last <= 2 * Self.columns ? 1 : (last + Self.columns - 1) / Self.columns
    }

    /// Explains the weights and end marks that occur in the plot.
    var caption: String {
        let lines = series.flatMap(\.lines)
        var sentences = [note].compactMap(\.self)
        if epochsPerPoint > 1 {
            sentences.append("Lines: means of \(epochsPerPoint) epochs; shades: the lowest and highest of them.")
        }
        if lines.contains(where: { $0.weight == .mean }) {
            sentences.append("Bold: the mean over finished seeds; thin: each seed.")
        }
        if lines.contains(where: { $0.end == .unfinished && $0.polyline.last != nil }) {
            sentences.append("○ where a run that is not finished has got to.")
        }
        if lines.contains(where: { $0.end == .broken && $0.polyline.last != nil }) {
            sentences.append("× where a run failed or diverged.")
        }
        let missing = series.count { !$0.isDrawn }
        if missing > 0 { sentences.append("Without a line, as no value can be drawn: \(missing) of \(series.count).") }
        return sentences.joined(separator: " ")
    }

    /// Scales whose domains cover every finite value.
    var scales: (x: Scale, y: Scale) {
        let points = series.flatMap(\.lines).flatMap(\.polyline.points)
        return (xScale ?? .epochs(to: Int(points.lazy.map(\.x).max() ?? 1)), .values(points.lazy.map(\.y)))
    }
}
