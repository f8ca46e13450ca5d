extension String {
    /// The text with every character that controls a terminal replaced by U+FFFD. No name can move the cursor, begin a line or
    /// change the direction of writing.
    public var printable: String { replacing { $0.isTerminalControl } }

    /// The same for a text of several lines: line ends stay.
    public var printableLines: String { replacing { $0.isTerminalControl && $0 != "\n" } }

    private func replacing(_ isUnfit: (Unicode.Scalar) -> Bool) -> String {
        String(String.UnicodeScalarView(unicodeScalars.map { isUnfit($0) ? "\u{FFFD}" : $0 }))
    }
}

extension Unicode.Scalar {
    /// Whether a terminal may act on the character instead of showing it.
    public var isTerminalControl: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: properties.isBidiControl
        }
    }
}
