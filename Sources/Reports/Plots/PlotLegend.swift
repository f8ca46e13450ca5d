/// The legend below a plot: a sample of each line that is drawn with its label, in as many columns as fit, and the caption.
struct PlotLegend {
    private static let size = 12.0, lineHeight = 17.0, sample = 34.0

    let markup: [Markup]
    /// The y coordinate of its lower end.
    let bottom: Double

    init(_ plot: LinePlot, top: Double, left: Double, right: Double) {
        let drawn = plot.series.filter(\.isDrawn)
        let widest = drawn.map { PlotText.width($0.label, size: Self.size) }.max() ?? 0
        let columns = max(1, Int((right - left) / (widest + Self.sample + 16)))
        let width = (right - left) / Double(columns)
        var markup: [Markup] = []
        var y = top
        // Lay out row by row; a label that is wrapped makes its row higher.
        for start in stride(from: 0, to: drawn.count, by: columns) {
            var height = 1
            for (column, series) in drawn[start..<min(start + columns, drawn.count)].enumerated() {
                let x = left + Double(column) * width
                let lines = PlotText.lines(series.label, size: Self.size, width: width - Self.sample - 12)
                height = max(height, lines.count)
                markup.append(Self.sampleLine(series.style, x: x, y: y - 4))
                for (index, line) in lines.enumerated() {
                    markup.append(.faintText(line, x: x + Self.sample, y: y + Self.lineHeight * Double(index), anchor: "start"))
                }
            }
            y += Self.lineHeight * Double(height)
        }
        for line in PlotText.lines(plot.caption, size: Self.size, width: right - left) {
            markup.append(.faintText(line, x: left, y: y + 4, anchor: "start"))
            y += Self.lineHeight
        }
        self.markup = markup
        bottom = y
    }

    private static func sampleLine(_ style: LineStyle, x: Double, y: Double) -> Markup {
        .element("path", style.attributes(width: 2.4) + [("d", "M\(PlotText.number(x)) \(PlotText.number(y))h26")], [])
    }
}
