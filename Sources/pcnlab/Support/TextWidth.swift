extension String {
    /// The columns of a terminal that the text takes, without escape sequences. Wide characters, such as 日, take two.
    var terminalColumns: Int { pieces.reduce(0) { $0 + $1.columns } }

    /// The beginning of the text that takes no more than so many columns. Escape sequences are kept, so that a colour ends.
    func cut(toColumns limit: Int) -> String {
        var used = 0, text = ""
        for piece in pieces {
            used += piece.columns
            if used <= limit || piece.columns == 0 { text += piece.text }
        }
        return text
    }

    /// The text, or where it takes more columns its beginning and an ellipsis.
    func shortened(toColumns limit: Int) -> String { terminalColumns <= limit ? self : cut(toColumns: limit - 1) + "…" }

    /// Characters and colour sequences, which take no column.
    private var pieces: [(text: String, columns: Int)] {
        var pieces: [(String, Int)] = []
        var sequence = ""
        for character in self {
            if !sequence.isEmpty || character == "\u{1B}" {
                sequence.append(character)
                if character.isLetter {
                    pieces.append((sequence, 0))
                    sequence = ""
                }
            } else {
                pieces.append((String(character), character.terminalColumns))
            }
        }
        return pieces
    }
}

extension Character {
    /// Scalars of double width in East Asian scripts, and pictures.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
        0x1F300...0x1FAFF, 0x20000...0x3FFFD,
    ]

    fileprivate var terminalColumns: Int {
        guard let first = unicodeScalars.first else { return 0 }
        return Self.wide.contains { $0.contains(first.value) } ? 2 : 1
    }
}
