/// Lays out a plot and draws it as SVG: title, axes, lines, and the legend below the axes.
///
/// Colours are attributes, for a white page. A style sheet may set others for the classes `ground`, `ink`, `faint`
/// (text and ticks), `grid`, `line` and `shade`; the latter two have their two colours in `--light` and `--dark`.
struct PlotDrawing {
    private static let width = 520.0, height = 280.0, right = 496.0

    private let plot: LinePlot
    private let scales: (x: Scale, y: Scale)
    private let epochsPerPoint: Int
    private let subtitle: [String]
    private let left: Double
    private let top: Double
    private var bottom: Double { top + Self.height }

    init(_ plot: LinePlot) {
        self.plot = plot
        scales = plot.scales
        epochsPerPoint = plot.epochsPerPoint
        subtitle = PlotText.lines(plot.subtitle, size: 12, width: Self.right - 14)
        // Leave room for the tick labels beside the axis title.
        left = max(62, 36 + (scales.y.ticks.map { PlotText.width($0.label, size: 12) }.max() ?? 0))
        top = 42 + 16 * Double(subtitle.count)
    }

    var markup: Markup {
        let legend = PlotLegend(plot, top: bottom + 58, left: 14, right: Self.right)
        let height = legend.bottom + 8
        let frame: KeyValuePairs = [
            "xmlns": "http://www.w3.org/2000/svg", "class": "plot", "viewBox": "0 0 520 \(number(height))", "width": "520",
            "height": number(height), "role": "img", "aria-label": "\(plot.title): \(plot.yAxis) over \(plot.xAxis)",
            "font-family": "Helvetica Neue, Helvetica, Arial, DejaVu Sans, sans-serif", "font-size": "12",
        ]
        let heading = Markup.element(
            "text", ["class": "ink", "x": "14", "y": "26", "font-size": "16", "font-weight": "bold", "fill": "#1a1d21"],
            text: plot.title)
        let under = subtitle.enumerated().map { index, line in
            Markup.faintText(line, x: 14, y: 44 + 16 * Double(index), anchor: "start")
        }
        let ground = Markup.element(
            "rect", ["class": "ground", "width": "520", "height": number(height), "fill": "#ffffff"])
        return .element("svg", frame, [ground, heading] + under + axes + lines + legend.markup)
    }

    private var axes: [Markup] {
        var marks: [Markup] = []
        for tick in scales.y.ticks {
            let y = place(y: tick.value)
            marks.append(.line(from: (left, y), to: (Self.right, y), class: "grid", colour: "#e3e6ea"))
            marks.append(.faintText(tick.label, x: left - 8, y: y + 4, anchor: "end"))
        }
        for tick in scales.x.ticks {
            let x = place(x: tick.value)
            marks.append(.line(from: (x, bottom), to: (x, bottom + 5), class: "axis", colour: "#5b6470"))
            marks.append(.faintText(tick.label, x: x, y: bottom + 19, anchor: "middle"))
        }
        marks.append(.line(from: (left, bottom), to: (Self.right, bottom), class: "axis", colour: "#5b6470"))
        marks.append(.faintText(plot.xAxis, x: (left + Self.right) / 2, y: bottom + 38, anchor: "middle"))
        let middle = (top + bottom) / 2
        let name = plot.yAxis + (scales.y.isLogarithmic ? ", logarithmic" : "")
        marks.append(.faintText(name, x: 20, y: middle, anchor: "middle", turned: true))
        if plot.series.allSatisfy({ $0.lines.allSatisfy { $0.polyline.last == nil } }) {
            marks.append(.faintText("no finite value", x: (left + Self.right) / 2, y: middle, anchor: "middle"))
        }
        return marks
    }

    /// Single seeds are drawn first, so that they do not cover a mean.
    private var lines: [Markup] {
        let all = plot.series.flatMap { series in series.lines.map { (series, $0) } }
        return (all.filter { $0.1.weight == .seed } + all.filter { $0.1.weight != .seed }).compactMap { series, line in
            draw(line, of: series)
        }
    }

    private func draw(_ line: LinePlot.Line, of series: LinePlot.Series) -> Markup? {
        let style = series.style
        let polyline = epochsPerPoint == 1 ? line.polyline : line.polyline.means(over: epochsPerPoint)
        guard let last = polyline.last else { return nil }
        let pieces = polyline.pieces.map { $0.map(corner) }
        // A single point is drawn as a line of length 0, whose round caps make it a dot.
        let dots = pieces.filter { $0.count == 1 }.map { "M\($0[0])L\($0[0])" }.joined()
        let strokes = pieces.filter { $0.count > 1 }.map { "M" + $0.joined(separator: "L") }.joined()
        let end = mark(line.end, at: (place(x: last.x), place(y: last.y))) ?? ""
        let bands = epochsPerPoint == 1 || line.weight == .mean ? [] : line.polyline.bands(over: epochsPerPoint)
        var parts = [Markup.element("title", text: series.label)]
        if !bands.isEmpty { parts.append(shade(bands, of: style)) }
        if !strokes.isEmpty {
            let path = [("d", strokes), ("stroke-linejoin", "round")]
            parts.append(.element("path", style.attributes(width: line.weight.width) + path, []))
        }
        if !dots.isEmpty {
            let path = [("d", dots), ("stroke-linecap", "round")]
            parts.append(.element("path", style.attributes(width: line.weight.width + 3, hasDashes: false) + path, []))
        }
        if !end.isEmpty { parts.append(.element("path", style.attributes(width: 1.5, hasDashes: false) + [("d", end)], [])) }
        return .element("g", line.weight == .seed ? [("opacity", "0.45")] : [], parts)
    }

    private func shade(_ bands: [[Polyline.Point]], of style: LineStyle) -> Markup {
        let outlines = bands.map { "M" + $0.map(corner).joined(separator: "L") + "Z" }
        return .element(
            "path",
            [
                ("class", "shade"), ("style", style.variables), ("d", outlines.joined()), ("fill", style.light),
                ("fill-opacity", "0.2"),
            ], [])
    }

    private func corner(_ point: Polyline.Point) -> String { "\(number(place(x: point.x))) \(number(place(y: point.y)))" }

    /// The path of the mark at the end of a line; nil for a finished run.
    private func mark(_ end: LinePlot.Line.End, at place: (x: Double, y: Double)) -> String? {
        switch end {
        case .finished: nil
        case .unfinished: "M\(number(place.x - 4)) \(number(place.y))a4 4 0 1 0 8 0a4 4 0 1 0 -8 0"
        case .broken: "M\(number(place.x - 4)) \(number(place.y - 4))l8 8m-8 0l8 -8"
        }
    }

    private func place(x: Double) -> Double { left + scales.x.position(x) * (Self.right - left) }
    private func place(y: Double) -> Double { bottom - scales.y.position(y) * Self.height }
    private func number(_ value: Double) -> String { PlotText.number(value) }
}

extension LinePlot.Line.Weight {
    fileprivate var width: Double {
        switch self {
        case .only: 1.8
        case .mean: 2.4
        case .seed: 1
        }
    }
}

extension LineStyle {
    /// Both colours, for a style sheet to choose from.
    var variables: String { "--light:\(light);--dark:\(dark)" }

    /// The SVG attributes of a path with this style.
    func attributes(width: Double, hasDashes: Bool = true) -> [(String, String)] {
        [
            ("class", "line"), ("style", variables), ("stroke", light),
            ("stroke-width", PlotText.number(width)), ("fill", "none"),
        ] + (hasDashes && !dashes.isEmpty ? [("stroke-dasharray", dashes)] : [])
    }
}

extension Markup {
    static func faintText(_ text: String, x: Double, y: Double, anchor: String, turned: Bool = false) -> Markup {
        let (x, y) = (PlotText.number(x), PlotText.number(y))
        let turn = turned ? [("transform", "rotate(-90 \(x) \(y))")] : []
        return .element(
            "text", [("class", "faint"), ("x", x), ("y", y), ("text-anchor", anchor), ("fill", "#4a525c")] + turn, [.text(text)])
    }

    fileprivate static func line(
        from: (x: Double, y: Double), to: (x: Double, y: Double), class name: String, colour: String
    ) -> Markup {
        let places = [("x1", from.x), ("y1", from.y), ("x2", to.x), ("y2", to.y)].map { ($0, PlotText.number($1)) }
        return .element("line", [("class", name), ("stroke", colour)] + places, [])
    }
}
