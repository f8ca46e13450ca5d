import Specs

extension Landscape {
    /// Figure 4: the histogram of each ensemble as a line, in shares of its samples.
    public var figure: Figure {
        let edges = edges
        let styles = LineStyles.styles(ensembles.map(\.settings))
        let series = zip(ensembles, styles).map { ensemble, style in
            let counts = counts(ensemble)
            let share = { (count: Int) in 100 * Double(count) / Double(max(1, ensemble.finite.count)) }
            // A step line, which starts and ends at 0.
            var points = [Polyline.Point(x: edges[0], y: 0)]
            for (bin, count) in counts.enumerated() {
                points.append(.init(x: edges[bin], y: share(count)))
                points.append(.init(x: edges[bin + 1], y: share(count)))
            }
            points.append(.init(x: edges[counts.count], y: 0))
            let mean = ensemble.statistics.map { statistics in
                ": mean \(rounded(statistics.mean))" + (statistics.deviation.map { ", sd \(rounded($0))" } ?? "")
            }
            return LinePlot.Series(
                label: ensemble.label + (mean ?? ": no finite loss"),
                style: style,
                lines: [.init(polyline: Polyline(points), weight: .only, end: .finished)])
        }
        let axis = "loss (cross-entropy)" + (scale.isLogarithmic ? ", logarithmic" : "")
        let plot = LinePlot(
            title: "\(subject): loss over random weights", subtitle: setting, xAxis: axis, yAxis: "share of the samples (%)",
            series: series, xScale: scale)
        return Figure(fileName: "\(name)-landscape.svg", subject: subject, plot: plot)
    }

    private func rounded(_ value: Double) -> String {
        let thousandths = (value * 1000).rounded() / 1000
        return abs(value) < 1e6 ? "\(thousandths)" : "\(value)"
    }
}
