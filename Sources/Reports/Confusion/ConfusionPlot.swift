import Foundation

extension ConfusionMatrix {
    /// The contents of an SVG file: a square for each pair of classes, darker the larger its share of its row. Correct ones are blue,
    /// confusions orange. Up to twenty classes, squares hold the share in per cent.
    public var svg: String { "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + markup.source + "\n" }

    private var markup: Markup {
        let hasNumbers = classNames.count <= Self.wholeLimit
        let side: Double = hasNumbers ? 34 : 8, font: Double = hasNumbers ? 12 : 7
        let names = classNames.map { $0.count > 24 ? $0.prefix(23) + "…" : $0 }
        let margin = 44 + (names.map { PlotText.width($0, size: font) }.max() ?? 0)
        let extent = side * Double(classNames.count), width = max(520, margin + extent + 16)
        let subtitle = PlotText.lines(
            "\(correct.grouped) of \(total.grouped) test \(samples) are right; shares of each row in per cent", size: 12,
            width: width - 28)
        let heading = PlotText.lines(title, size: 16, width: width - 28)
        let top = 20 + 20 * Double(heading.count) + 16 * Double(subtitle.count) + 8
        let height = top + extent + margin
        var marks = [
            Markup.element(
                "rect",
                ["class": "ground", "width": PlotText.number(width), "height": PlotText.number(height), "fill": "#ffffff"])
        ]
        for (index, line) in heading.enumerated() {
            marks.append(
                .element(
                    "text",
                    [
                        "class": "ink", "x": "14", "y": PlotText.number(26 + 20 * Double(index)), "font-size": "16",
                        "font-weight": "bold", "fill": "#1a1d21",
                    ], text: line))
        }
        for (index, line) in subtitle.enumerated() {
            marks.append(.faintText(line, x: 14, y: 24 + 20 * Double(heading.count) + 16 * Double(index), anchor: "start"))
        }
        for actual in counts.indices {
            let row = max(1, counts[actual].reduce(0, +))
            for predicted in counts.indices where counts[actual][predicted] > 0 || hasNumbers {
                let share = Double(counts[actual][predicted]) / Double(row)
                let (x, y) = (margin + side * Double(predicted), top + side * Double(actual))
                marks.append(square(x, y, side, share, isCorrect: actual == predicted, actual, predicted))
                if hasNumbers, share >= 0.005 {
                    marks.append(number(share, x: x + side / 2, y: y + side / 2 + 4))
                }
            }
        }
        for (index, name) in names.enumerated() {
            let middle = side * (Double(index) + 0.5) + font / 3
            marks.append(label(name, x: margin - 6, y: top + middle, font, isTurned: false))
            marks.append(label(name, x: margin + middle, y: top + extent + 6, font, isTurned: true))
        }
        marks.append(.faintText("actual class", x: 18, y: top + extent / 2, anchor: "middle", turned: true))
        marks.append(.faintText("predicted class", x: margin + extent / 2, y: height - 12, anchor: "middle"))
        let frame: KeyValuePairs = [
            "xmlns": "http://www.w3.org/2000/svg", "class": "plot",
            "viewBox": "0 0 \(PlotText.number(width)) \(PlotText.number(height))", "width": PlotText.number(width),
            "height": PlotText.number(height), "role": "img", "aria-label": "Confusion matrix: \(title)",
            "font-family": "Helvetica Neue, Helvetica, Arial, DejaVu Sans, sans-serif", "font-size": "12",
        ]
        return .element("svg", frame, marks)
    }

    private func square(
        _ x: Double, _ y: Double, _ side: Double, _ share: Double, isCorrect: Bool, _ actual: Int, _ predicted: Int
    ) -> Markup {
        let colour = isCorrect ? (0x0B, 0x5C, 0xAD) : (0xC2, 0x4E, 0x00)
        // Small shares stay visible: the square root.
        let depth = share.squareRoot()
        let mix = { (end: Int) in Int((255 + (Double(end) - 255) * depth).rounded()) }
        let fill = String(format: "#%02x%02x%02x", mix(colour.0), mix(colour.1), mix(colour.2))
        let text = "\(classNames[actual]) taken for \(classNames[predicted]): \(counts[actual][predicted])"
        let size = PlotText.number(side - (side > 10 ? 1 : 0))
        return .element(
            "rect", [("x", PlotText.number(x)), ("y", PlotText.number(y)), ("width", size), ("height", size), ("fill", fill)],
            [.element("title", text: text)])
    }

    private func number(_ share: Double, x: Double, y: Double) -> Markup {
        let place = [("x", PlotText.number(x)), ("y", PlotText.number(y)), ("text-anchor", "middle"), ("font-size", "11")]
        let fill = share.squareRoot() > 0.78 ? "#ffffff" : "#1a1d21"
        return .element("text", place + [("fill", fill)], [.text(String(format: "%.0f", 100 * share))])
    }

    private func label(_ text: String, x: Double, y: Double, _ font: Double, isTurned: Bool) -> Markup {
        let (x, y) = (PlotText.number(x), PlotText.number(y))
        let turn = isTurned ? [("transform", "rotate(-90 \(x) \(y))")] : []
        return .element(
            "text",
            [
                ("class", "faint"), ("x", x), ("y", y), ("text-anchor", "end"), ("font-size", PlotText.number(font)),
                ("fill", "#4a525c"),
            ]
                + turn, [.text(text)])
    }
}
