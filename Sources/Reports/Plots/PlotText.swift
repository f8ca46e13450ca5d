/// Text in a plot, whose width must be known before a font is: estimated, rather too wide than too narrow.
enum PlotText {
    static func width(_ text: String, size: Double) -> Double { Double(text.count) * size * 0.56 }

    /// Broken at spaces into lines no wider than `width`; a word that is wider stands alone.
    static func lines(_ text: String, size: Double, width limit: Double) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, width("\(last) \(word)", size: size) <= limit {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }

    /// A number in an attribute, to a tenth of a unit: no more can be seen, and files stay small.
    static func number(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        let sign = tenths < 0 ? "-" : "", whole = abs(tenths) / 10, rest = abs(tenths) % 10
        return rest == 0 ? "\(sign)\(whole)" : "\(sign)\(whole).\(rest)"
    }
}
