extension String {
    /// The text on one line, for a document: a run of line ends and tabs becomes one space, and any other character that
    /// controls a terminal or is a noncharacter becomes U+FFFD.
    package var onOneLine: String {
        var line = UnicodeScalarView()
        var isGap = false
        for scalar in unicodeScalars {
            let wasGap = isGap
            isGap = scalar.properties.isWhitespace && scalar.properties.generalCategory != .spaceSeparator
            if isGap {
                if !wasGap { line.append(" ") }
            } else {
                let isReplaced = scalar.isTerminalControl || scalar.properties.isNoncharacterCodePoint
                line.append(isReplaced ? "\u{FFFD}" : scalar)
            }
        }
        return String(line)
    }
}
