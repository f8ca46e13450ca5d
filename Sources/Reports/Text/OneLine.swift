extension String {
    /// The text on one line, with nothing in it that no document may hold: a run of line ends and tabs is a space, any other
    /// control character, a mark that turns the direction of writing, or what is no character is U+FFFD.
    var onOneLine: String {
        var line = String.UnicodeScalarView()
        var isGap = false
        for scalar in unicodeScalars {
            let wasGap = isGap
            isGap = scalar.properties.isWhitespace && scalar.properties.generalCategory != .spaceSeparator
            if isGap {
                if !wasGap { line.append(" ") }
            } else {
                line.append(scalar.isUnprintable ? "\u{FFFD}" : scalar)
            }
        }
        return String(line)
    }
}

extension Unicode.Scalar {
    fileprivate var isUnprintable: Bool {
        properties.generalCategory == .control || properties.isBidiControl || properties.isNoncharacterCodePoint
    }
}
