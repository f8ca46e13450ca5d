import Lab
import Specs

/// Small plots of a search: the validation accuracy of its trials against each setting, and against the number of parameters, coloured by
/// how far a trial was trained. In the last one a line joins the trials that no smaller one beats (the Pareto front).
struct SearchPlot {
    /// A trial's place in a plot.
    struct Point {
        let x: Double
        let accuracy: Double
        /// How many stages it was trained to.
        let reached: Int
        let label: String
    }

    /// The values of a setting on an axis: a scale for numbers, or names side by side.
    enum Axis {
        case numbers(Scale)
        case names([String])
    }

    struct Panel {
        let title: String
        let axis: Axis
        let points: [Point]
        var front: [Point] = []

        /// Whether names on the axis need the room of a whole row.
        var isWide: Bool {
            guard case .names(let names) = axis else { return false }
            let step = (SearchDrawing.columnWidth - SearchDrawing.left - 6) / Double(max(1, names.count))
            return names.contains { PlotText.width($0, size: 11) > step - 4 }
        }
    }

    let title: String
    let subtitle: String
    /// Names of the stages, from the first rung to the end.
    let stages: [String]
    let panels: [Panel]
    let scale: Scale
}

extension SearchReport {
    /// The plot of the trials that have an accuracy; nil before there is one.
    var plot: SearchPlot? {
        let trials = search.ranked.filter { $0.accuracy != nil }
        guard !trials.isEmpty else { return nil }
        let values = trials.map { $0.run.map { varying.values($0.settings) } ?? [] }
        var panels =
            modelPanels(trials)
            + varying.titles.enumerated().map { index, title in panel(title, trials, values.map { $0[index] }) }
        let counts = trials.map { "\($0.run?.settings.linearParameters ?? 0)" }
        if Set(counts).count > 1 {
            var last = panel("linear parameters", trials, counts)
            last.front = Self.front(last.points.filter { $0.reached == search.stages.count })
            panels.append(last)
        }
        // Panels that take a whole row come last, so that the others leave no gaps.
        panels = panels.filter { !$0.isWide } + panels.filter(\.isWide)
        let names = search.stages.enumerated().map { $0 == search.stages.count - 1 ? "the end, epoch \($1)" : "epoch \($1)" }
        return SearchPlot(
            title: "Search \(search.experiment): validation accuracy (%)", subtitle: heading, stages: names, panels: panels,
            scale: .values(trials.compactMap { $0.accuracy.map { $0 * 100 } }, count: 4))
    }

    /// The plot as the contents of an SVG file; nil before a trial has an accuracy.
    public var svg: String? { drawing.map { "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + $0.source + "\n" } }

    /// The plot as XML.
    var drawing: Markup? { plot.map { SearchDrawing(plot: $0).markup } }

    /// The settings that the name of a model shows: what makes the weights, and d.
    private func modelPanels(_ trials: [SearchSummary.Trial]) -> [SearchPlot.Panel] {
        ["linear", "convolution", "d"].compactMap { key in
            guard let index = Settings.keys.firstIndex(of: key), !varying.keys.contains(key) else { return nil }
            let values = trials.map { trial in trial.run.map { $0.settings.texts[index] }.flatMap { $0.isEmpty ? nil : $0 } }
            return Set(values.compactMap(\.self)).count > 1 ? panel(key, trials, values) : nil
        }
    }

    private func panel(_ title: String, _ trials: [SearchSummary.Trial], _ values: [String?]) -> SearchPlot.Panel {
        let numbers = values.map { $0.flatMap { Double($0) } }
        let isScale = zip(values, numbers).allSatisfy { $0 == nil || $1 != nil } && Set(values.compactMap(\.self)).count > 6
        let axis: SearchPlot.Axis, place: (Int) -> Double?
        if isScale {
            let known = numbers.compactMap(\.self)
            axis = .numbers(.range(of: known))
            place = { numbers[$0] }
        } else {
            let names = Set(values.compactMap(\.self)).sorted { one, other in
                if let one = Double(one), let other = Double(other) { return one < other }
                return one < other
            }
            axis = .names(names)
            place = { index in
                // Side by side, so that equal values do not hide each other.
                let spread = (Double(index) * 0.618).truncatingRemainder(dividingBy: 1) - 0.5
                return values[index].flatMap { names.firstIndex(of: $0) }.map { Double($0) + 0.5 + 0.5 * spread }
            }
        }
        let points = trials.indices.compactMap { index -> SearchPlot.Point? in
            guard let x = place(index), let accuracy = trials[index].accuracy else { return nil }
            let trial = trials[index]
            return SearchPlot.Point(
                x: x, accuracy: accuracy * 100, reached: trial.reached,
                label: "trial \(trial.number), \(values[index] ?? ""): \(Self.percent(accuracy)) %")
        }
        return SearchPlot.Panel(title: title, axis: axis, points: points)
    }

    private static func front(_ points: [SearchPlot.Point]) -> [SearchPlot.Point] {
        var best = -Double.infinity
        return points.sorted { ($0.x, -$0.accuracy) < ($1.x, -$1.accuracy) }.filter { point in
            defer { best = max(best, point.accuracy) }
            return point.accuracy > best
        }
    }
}

extension Scale {
    /// A scale for values of a setting: logarithmic where the largest is more than ten times the smallest.
    fileprivate static func range(of values: [Double]) -> Scale {
        guard let low = values.min(), let high = values.max(), low > 0, high > 10 * low else { return .values(values, count: 4) }
        return .logarithmic(from: low, to: high)
    }
}

/// Lays a search's plots out, two side by side, and draws them as SVG.
struct SearchDrawing {
    static let columnWidth = 253.0, left = 46.0
    private static let width = 520.0, height = 118.0, panelHeight = 178.0
    /// Further lines for names that do not fit beside each other.
    private static let lineHeight = 14.0

    let plot: SearchPlot

    var markup: Markup {
        let subtitle = PlotText.lines(plot.subtitle, size: 12, width: Self.width - 28)
        let legendTop = 44 + 16 * Double(subtitle.count)
        let top = legendTop + 14
        var panels: [Markup] = [], y = top, isLeft = true
        for (index, panel) in plot.panels.enumerated() {
            let right = panel.isWide ? Self.width - 6 : (isLeft ? 0 : 8 + Self.columnWidth) + Self.columnWidth - 6
            panels += draw(panel, x: isLeft || panel.isWide ? 0 : 8 + Self.columnWidth, right: right, y: y)
            let isFull = panel.isWide || !isLeft || (index + 1 < plot.panels.count && plot.panels[index + 1].isWide)
            if isFull || index == plot.panels.count - 1 { y += Self.panelHeight + (panel.isWide ? 2 * Self.lineHeight : 0) }
            isLeft = isFull
        }
        let height = y + 4
        let frame: KeyValuePairs = [
            "xmlns": "http://www.w3.org/2000/svg", "class": "plot", "viewBox": "0 0 520 \(number(height))", "width": "520",
            "height": number(height), "role": "img", "aria-label": plot.title,
            "font-family": "Helvetica Neue, Helvetica, Arial, DejaVu Sans, sans-serif", "font-size": "11",
        ]
        let ground = Markup.element("rect", ["class": "ground", "width": "520", "height": number(height), "fill": "#ffffff"])
        let heading = Markup.element(
            "text", ["class": "ink", "x": "14", "y": "26", "font-size": "16", "font-weight": "bold", "fill": "#1a1d21"],
            text: plot.title)
        let under = subtitle.enumerated().map {
            Markup.faintText($1, x: 14, y: 44 + 16 * Double($0), anchor: "start")
        }
        return .element("svg", frame, [ground, heading] + under + legend(at: legendTop) + panels)
    }

    private func style(_ reached: Int) -> LineStyle {
        LineStyle(place: plot.stages.count < 2 ? 0 : 1 - Double(reached - 1) / Double(plot.stages.count - 1), variant: 0)
    }

    private func legend(at y: Double) -> [Markup] {
        var x = 20.0
        return plot.stages.enumerated().flatMap { index, name -> [Markup] in
            defer { x += 18 + PlotText.width(name, size: 11) + 12 }
            return [dot(x, y - 4, style(index + 1), "trained to \(name)"), .faintText(name, x: x + 9, y: y, anchor: "start")]
        }
    }

    private func dot(_ x: Double, _ y: Double, _ style: LineStyle, _ title: String) -> Markup {
        let path = "M\(number(x)) \(number(y))L\(number(x)) \(number(y))"
        return .element(
            "path",
            style.attributes(width: 6, hasDashes: false) + [("stroke-linecap", "round"), ("stroke-opacity", "0.8"), ("d", path)],
            [.element("title", text: title)])
    }

    private func draw(_ panel: SearchPlot.Panel, x: Double, right: Double, y: Double) -> [Markup] {
        let left = x + Self.left, top = y + 24, bottom = top + Self.height
        let place = { (value: Double) in bottom - plot.scale.position(value) * Self.height }
        var marks = [
            Markup.element(
                "text",
                ["class": "ink", "x": number(left), "y": number(y + 14), "font-weight": "bold", "fill": "#1a1d21"],
                text: panel.title)
        ]
        for tick in plot.scale.ticks {
            marks.append(line((left, place(tick.value)), (right, place(tick.value)), "grid", "#e3e6ea"))
            marks.append(.faintText(tick.label, x: left - 6, y: place(tick.value) + 4, anchor: "end"))
        }
        marks.append(line((left, bottom), (right, bottom), "axis", "#5b6470"))
        let across: (Double) -> Double
        switch panel.axis {
        case .numbers(let scale):
            across = { left + scale.position($0) * (right - left) }
            for tick in scale.ticks {
                marks.append(line((across(tick.value), bottom), (across(tick.value), bottom + 4), "axis", "#5b6470"))
                // The last one may not stick out of the picture.
                let middle = min(across(tick.value), right + 5 - PlotText.width(tick.label, size: 11) / 2)
                marks.append(.faintText(tick.label, x: middle, y: bottom + 16, anchor: "middle"))
            }
        case .names(let names):
            let step = (right - left) / Double(max(1, names.count))
            across = { left + $0 * step }
            // Long names are on up to three lines in turn, each under its place.
            let longest = names.map { PlotText.width($0, size: 11) }.max() ?? 0
            let lines = min(3, max(1, Int(((longest + 4) / step).rounded(.up))))
            for (index, name) in names.enumerated() {
                let middle = left + (Double(index) + 0.5) * step, text = clipped(name, to: step * Double(lines) - 4)
                marks.append(
                    .faintText(
                        text, x: min(middle, right - PlotText.width(text, size: 11) / 2),
                        y: bottom + 16 + Double(index % lines) * Self.lineHeight, anchor: "middle"))
            }
        }
        if panel.front.count > 1 {
            let path = "M" + panel.front.map { "\(number(across($0.x))) \(number(place($0.accuracy)))" }.joined(separator: "L")
            marks.append(.element("path", style(plot.stages.count).attributes(width: 1.2, hasDashes: false) + [("d", path)], []))
        }
        // Those that were trained farthest come last, on top.
        return marks
            + panel.points.sorted { $0.reached < $1.reached }.map {
                dot(across($0.x), place($0.accuracy), style($0.reached), $0.label)
            }
    }

    /// The text, with an ellipsis where it is too long for so many pixels.
    private func clipped(_ text: String, to width: Double) -> String {
        if PlotText.width(text, size: 11) <= width { return text }
        var text = text
        while !text.isEmpty, PlotText.width(text + "…", size: 11) > width { text.removeLast() }
        return text + "…"
    }

    private func line(_ from: (Double, Double), _ to: (Double, Double), _ name: String, _ colour: String) -> Markup {
        let places = [("x1", from.0), ("y1", from.1), ("x2", to.0), ("y2", to.1)].map { ($0, number($1)) }
        return .element("line", [("class", name), ("stroke", colour)] + places, [])
    }

    private func number(_ value: Double) -> String { PlotText.number(value) }
}
