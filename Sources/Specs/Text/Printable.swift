extension Unicode.Scalar {
    /// Whether a terminal or a document would act on it instead of showing it: control characters, line and paragraph
    /// separators, marks that change the direction of writing, and noncharacters.
    package var isUnprintable: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: properties.isBidiControl || properties.isNoncharacterCodePoint
        }
    }
}

extension String {
    /// The text with each unprintable character replaced by U+FFFD.
    package var printable: String { replacingUnprintable { _ in false } }

    /// The same for a text of several lines, whose line feeds are kept.
    package var printableLines: String { replacingUnprintable { $0 == "\n" } }

    private func replacingUnprintable(keeping isKept: (Unicode.Scalar) -> Bool) -> String {
        String(UnicodeScalarView(unicodeScalars.map { $0.isUnprintable && !isKept($0) ? "\u{FFFD}" : $0 }))
    }

    /// The text on one line: a run of line ends and tabs becomes one space, any other unprintable character U+FFFD.
    package var onOneLine: String {
        var line = UnicodeScalarView()
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
