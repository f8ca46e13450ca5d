/// Layout of text in a plot. The font is not known, so widths are estimated, on the wide side: they are those of DejaVu Sans, the widest
/// of the fonts that are usual in its place.
enum PlotText {
    static func width(_ text: String, size: Double) -> Double { size * text.unicodeScalars.lazy.map(width).reduce(0, +) }

    /// Of a character, in units of the font's size.
    private static func width(_ scalar: Unicode.Scalar) -> Double {
        switch scalar {
        case " ": return 0.32
        case "i", "j", "l", ".", ",", ":", ";", "'", "|", "!", "I": return 0.35
        case "f", "r", "t", "(", ")", "[", "]", "-", "/": return 0.42
        case "m", "w", "M", "W", "%", "@", "…", "—": return 1
        case "×", "±", "−", "+", "=", "<", ">", "~", "≈", "○": return 0.84
        case "A"..."Z": return 0.77
        case "\u{2E80}"..."\u{FFEF}", "\u{1F000}"..."\u{3FFFF}": return 1.05
        default: return scalar.properties.canonicalCombiningClass == .notReordered ? 0.64 : 0
        }
    }

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
            var most = rest.prefix(1), used = width(String(most), size: size)
            for character in rest.dropFirst() {
                used += width(String(character), size: size)
                if used > limit { break }
                most = rest.prefix(most.count + 1)
            }
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
