/// Reads a JSON document (RFC 8259) and keeps the position of every key and value.
///
/// Foundation's parsers give neither line nor column and drop repeated keys; diagnostics need both.
struct JSONReader {
    /// Maximum nesting. It limits the recursion, so that no text can exhaust the stack.
    static let depthLimit = 64

    private var text: JSONText
    private var path = FieldPath()

    /// Reads a document's value.
    static func read(_ bytes: some Sequence<UInt8>) throws(JSONError) -> JSONValue {
        var reader = JSONReader(text: try JSONText(bytes))
        return try reader.document()
    }

    private init(text: JSONText) {
        self.text = text
    }

    private func error(_ problem: JSONProblem, at position: Position? = nil) -> JSONError {
        JSONError(position: position ?? text.position, path: path, problem: problem)
    }

    private mutating func document() throws(JSONError) -> JSONValue {
        text.skipWhiteSpace()
        if text.current == nil { throw error(.empty, at: .start) }
        let value = try value(depth: 0)
        text.skipWhiteSpace()
        if text.current != nil { throw error(.textAfterEnd(found: text.found)) }
        return value
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        let position = text.position
        guard let first = text.current else { throw error(.expectedValue(found: .end)) }
        if first == "{" || first == "[", depth == Self.depthLimit { throw error(.tooDeep(limit: Self.depthLimit)) }
        let content: JSONValue.Content
        switch first {
        case "{": content = .object(try object(depth: depth + 1))
        case "[": content = .array(try array(depth: depth + 1))
        case "\"": content = .string(try string())
        case "-", "+", ".", "0"..."9": content = .number(try number())
        default: content = try literal()
        }
        return JSONValue(position: position, content: content)
    }

    private mutating func object(depth: Int) throws(JSONError) -> [JSONMember] {
        let opened = text.position
        var members: [JSONMember] = []
        text.advance()
        text.skipWhiteSpace()
        if text.current == "}" {
            text.advance()
            return members
        }
        while true {
            let keyPosition = text.position
            guard text.current == "\"" else { throw error(.expectedKey(found: text.found)) }
            let key = try string()
            path.steps.append(.key(key))
            text.skipWhiteSpace()
            guard text.current == ":" else { throw error(.expectedColon(found: text.found)) }
            text.advance()
            text.skipWhiteSpace()
            members.append(JSONMember(key: key, keyPosition: keyPosition, value: try value(depth: depth)))
            path.steps.removeLast()
            if try !anotherFollows(closing: "}", opened: opened) { return members }
        }
    }

    private mutating func array(depth: Int) throws(JSONError) -> [JSONValue] {
        let opened = text.position
        var elements: [JSONValue] = []
        text.advance()
        text.skipWhiteSpace()
        if text.current == "]" {
            text.advance()
            return elements
        }
        while true {
            path.steps.append(.index(elements.count))
            elements.append(try value(depth: depth))
            path.steps.removeLast()
            if try !anotherFollows(closing: "]", opened: opened) { return elements }
        }
    }

    /// Takes a comma before another element (returns true) or the closing bracket (returns false).
    private mutating func anotherFollows(closing: Unicode.Scalar, opened: Position) throws(JSONError) -> Bool {
        text.skipWhiteSpace()
        if text.current == closing {
            text.advance()
            return false
        }
        guard text.current == "," else {
            throw error(.expectedCommaOrClosing(found: text.found, closing: closing, opened: opened))
        }
        let comma = text.position
        text.advance()
        text.skipWhiteSpace()
        if text.current == closing { throw error(.trailingComma(closing: closing), at: comma) }
        return true
    }

    private mutating func literal() throws(JSONError) -> JSONValue.Content {
        let position = text.position
        let found = text.found
        switch text.takeWord() {
        case "true": return .bool(true)
        case "false": return .bool(false)
        case "null": return .null
        default: throw error(.expectedValue(found: found), at: position)
        }
    }

    private mutating func number() throws(JSONError) -> JSONNumber {
        let position = text.position
        let word = text.takeWord()
        if let problem = JSONNumber.grammarProblem(word) {
            throw error(.malformedNumber(word, problem), at: position)
        }
        return JSONNumber(grammatical: word)
    }

    private mutating func string() throws(JSONError) -> String {
        let opened = text.position
        var result = String.UnicodeScalarView()
        text.advance()
        while let scalar = text.current {
            switch scalar {
            case "\"":
                text.advance()
                return String(result)
            case "\\":
                result.append(try escape())
            case "\n", "\r":
                throw error(.unfinishedString, at: opened)
            case "\u{0}"..."\u{1F}":
                throw error(.controlCharacter(scalar))
            default:
                result.append(scalar)
                text.advance()
            }
        }
        throw error(.unfinishedString, at: opened)
    }

    private mutating func escape() throws(JSONError) -> Unicode.Scalar {
        let position = text.position
        text.advance()
        if text.current == "u" { return try unicodeEscape(position) }
        let scalar: Unicode.Scalar
        switch text.current {
        case "\"": scalar = "\""
        case "\\": scalar = "\\"
        case "/": scalar = "/"
        case "b": scalar = "\u{8}"
        case "f": scalar = "\u{C}"
        case "n": scalar = "\n"
        case "r": scalar = "\r"
        case "t": scalar = "\t"
        case let other?: throw error(.unknownEscape(.character(other)), at: position)
        case nil: throw error(.unknownEscape(.end), at: position)
        }
        text.advance()
        return scalar
    }

    /// `\uXXXX`, or a pair of them for a character beyond U+FFFF.
    private mutating func unicodeEscape(_ position: Position) throws(JSONError) -> Unicode.Scalar {
        let unit = try hexadecimalUnit(position)
        if let scalar = Unicode.Scalar(unit) { return scalar }
        let second = text.position
        guard unit < 0xDC00, text.current == "\\" else { throw error(.loneSurrogate(unit), at: position) }
        text.advance()
        guard text.current == "u" else { throw error(.loneSurrogate(unit), at: position) }
        let low = try hexadecimalUnit(second)
        guard (0xDC00...0xDFFF).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (UInt32(unit) - 0xD800) << 10 + (UInt32(low) - 0xDC00))
        else { throw error(.loneSurrogate(unit), at: position) }
        return scalar
    }

    private mutating func hexadecimalUnit(_ position: Position) throws(JSONError) -> UInt16 {
        text.advance()
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let scalar = text.current, scalar.isASCII, let digit = Character(scalar).hexDigitValue else {
                throw error(.shortUnicodeEscape, at: position)
            }
            unit = unit << 4 | UInt16(digit)
            text.advance()
        }
        return unit
    }
}
