/// Layout of text in a plot. The font is not known, so widths are estimated, on the wide side.
enum PlotText {
    static func width(_ text: String, size: Double) -> Double { Double(text.count) * size * 0.56 }

    /// Breaks text at spaces into lines no wider than `width`. A wider word is broken after a × or, without one, anywhere.
    static func lines(_ text: String, size: Double, width limit: Double) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, width("\(last) \(word)", size: size) <= limit {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines += broken(String(word), size: size, width: limit)
            }
        }
        return lines
    }

    private static func broken(_ word: String, size: Double, width limit: Double) -> [String] {
        var rest = Substring(word), lines: [String] = []
        while width(String(rest), size: size) > limit {
            let most = rest.prefix(max(1, Int(limit / width("0", size: size))))
            let line = most.lastIndex(of: "×").map { most[...$0] } ?? most
            lines.append(String(line))
            rest = rest[line.endIndex...]
        }
        return lines + (rest.isEmpty ? [] : [String(rest)])
    }

    /// A number in an attribute, rounded to a tenth of a unit to keep files small.
    static func number(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        let sign = tenths < 0 ? "-" : "", whole = abs(tenths) / 10, rest = abs(tenths) % 10
        return rest == 0 ? "\(sign)\(whole)" : "\(sign)\(whole).\(rest)"
    }
}
