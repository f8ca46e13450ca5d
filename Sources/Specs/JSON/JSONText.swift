/// A JSON text as Unicode scalars, with a cursor that tracks its line and column.
struct JSONText {
    private let scalars: [Unicode.Scalar]
    private(set) var index = 0
    private(set) var position = Position.start

    /// Decodes bytes. Throws `JSONError` with its position for a byte order mark and for bytes that are not UTF-8.
    init(_ bytes: some Sequence<UInt8>) throws(JSONError) {
        let bytes = Array(bytes)
        if let encoding = Self.announcedEncoding(bytes) {
            throw JSONError(position: .start, path: FieldPath(), problem: .byteOrderMark(encoding: encoding))
        }
        var scalars: [Unicode.Scalar] = []
        scalars.reserveCapacity(bytes.count)
        var position = Position.start
        var source = bytes.makeIterator()
        var parser = Unicode.UTF8.ForwardParser()
        var consumed = 0
        decoding: while true {
            switch parser.parseScalar(from: &source) {
            case .valid(let encoded):
                let scalar = Unicode.UTF8.decode(encoded)
                consumed += encoded.count
                scalars.append(scalar)
                Self.advance(&position, past: scalar)
            case .emptyInput:
                break decoding
            case .error:
                throw JSONError(
                    position: position, path: FieldPath(), problem: .invalidUTF8(byte: bytes[consumed]))
            }
        }
        self.scalars = scalars
    }

    /// The character under the cursor; nil at the end.
    var current: Unicode.Scalar? {
        index < scalars.count ? scalars[index] : nil
    }

    /// Moves the cursor past the current character.
    mutating func advance() {
        guard let scalar = current else { return }
        Self.advance(&position, past: scalar)
        index += 1
    }

    /// Moves past JSON's white space.
    mutating func skipWhiteSpace() {
        while let scalar = current, scalar == " " || scalar == "\n" || scalar == "\t" || scalar == "\r" { advance() }
    }

    /// Takes the letters, digits and signs under the cursor: a number, a literal or another word.
    mutating func takeWord() -> String {
        var word = String.UnicodeScalarView()
        while let scalar = current, Self.isWordPart(scalar) {
            word.append(scalar)
            advance()
        }
        return String(word)
    }

    /// The text under the cursor, for a message.
    var found: JSONProblem.Found {
        guard let scalar = current else { return .end }
        guard Self.isWordPart(scalar) else { return .character(scalar) }
        var ahead = self
        return .word(ahead.takeWord())
    }

    static func isWordPart(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "+", "-", ".", "_": true
        default: false
        }
    }

    private static func advance(_ position: inout Position, past scalar: Unicode.Scalar) {
        if scalar == "\n" {
            position = Position(line: position.line + 1, column: 1)
        } else {
            position.column += 1
        }
    }

    /// The encoding given by a byte order mark, if there is one.
    private static func announcedEncoding(_ bytes: [UInt8]) -> String? {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return "UTF-8" }
        if bytes.starts(with: [0xFF, 0xFE, 0, 0]) || bytes.starts(with: [0, 0, 0xFE, 0xFF]) { return "UTF-32" }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { return "UTF-16" }
        return nil
    }
}
