/// A plot as data: what is drawn, before anything has a place on the page.
struct LinePlot: Sendable {
    struct Series: Sendable {
        let label: String
        let style: LineStyle
        let lines: [Line]
    }

    struct Line: Sendable {
        enum Weight: Sendable {
            /// The one run of its series.
            case only
            /// The mean over finished seeds.
            case mean
            /// One of several seeds, thin beneath their mean.
            case seed
        }

        enum End: Sendable {
            case finished
            /// Of a run that may still go on: an open circle.
            case unfinished
            /// Of a run that failed or diverged: a cross.
            case broken
        }

        let polyline: Polyline
        let weight: Weight
        let end: End
    }

    let title: String
    /// What holds for every series.
    let subtitle: String
    let xAxis: String
    let yAxis: String
    let series: [Series]
    /// Where x is not epochs: its axis.
    var xScale: Scale?

    /// The most points that a line has across the plot.
    private static let columns = 300

    /// How many epochs each point of a line stands for: 1 unless there are far more epochs than can be told apart.
    var epochsPerPoint: Int {
        if xScale != nil { return 1 }
        let last = Int(series.flatMap(\.lines).flatMap(\.polyline.points).lazy.map(\.x).max() ?? 1)
        return last <= 2 * Self.columns ? 1 : (last + Self.columns - 1) / Self.columns
    }

    /// How to read the lines: only of what is there.
    var caption: String {
        let lines = series.flatMap(\.lines)
        var sentences: [String] = []
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
        return sentences.joined(separator: " ")
    }

    /// The domains cover every finite value.
    var scales: (x: Scale, y: Scale) {
        let points = series.flatMap(\.lines).flatMap(\.polyline.points)
        return (xScale ?? .epochs(to: Int(points.lazy.map(\.x).max() ?? 1)), .values(points.lazy.map(\.y)))
    }
}
