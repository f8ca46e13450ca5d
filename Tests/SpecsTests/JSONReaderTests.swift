import Testing

@testable import Specs

@Suite struct JSONReaderTests {
    private func read(_ text: String) throws(JSONError) -> JSONValue {
        try JSONReader.read(text.utf8)
    }

    private func members(_ text: String) throws -> [JSONMember] {
        guard case .object(let members) = try read(text).content else { return [] }
        return members
    }

    private func number(_ text: String) throws -> JSONNumber {
        guard case .number(let number) = try read(text).content else { throw NotANumber() }
        return number
    }

    private struct NotANumber: Error {}

    @Test func everyKeyAndValueHasItsLineAndColumn() throws {
        let members = try members("{\n  \"λé\": [1,\r\n\t{\"b\": null}],\n\"c\":true}")
        #expect(members.map(\.keyPosition) == [Position(line: 2, column: 3), Position(line: 4, column: 1)])
        #expect(members.map(\.value.position) == [Position(line: 2, column: 9), Position(line: 4, column: 5)])
        guard case .array(let elements) = members[0].value.content else { return #expect(Bool(false)) }
        #expect(elements.map(\.position) == [Position(line: 2, column: 10), Position(line: 3, column: 2)])
    }

    @Test func columnsCountScalarsAndNotBytesOrCharacters() throws {
        // e + combining accent is one character to a reader, two scalars, three bytes.
        let members = try members("{\"e\u{301}😀\": 1}")
        #expect(members[0].value.position == Position(line: 1, column: 9))
    }

    @Test func repeatedKeysAreKeptInTheOrderOfTheText() throws {
        #expect(try members(#"{"a":1,"b":2,"a":3}"#).map(\.key) == ["a", "b", "a"])
    }

    @Test(arguments: [
        (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u00e9\u20AC""#, "é€"), (#""\ud83d\uDE00""#, "😀"),
        (#""\u0000""#, "\u{0}"), ("\"\u{7f}\u{2028}\"", "\u{7f}\u{2028}"), (#""\uD834\uDD1E""#, "\u{1D11E}"),
    ])
    func escapesBecomeTheirCharacters(text: String, expected: String) throws {
        guard case .string(let string) = try read(text).content else { return #expect(Bool(false)) }
        #expect(Array(string.unicodeScalars) == Array(expected.unicodeScalars))
    }

    @Test(arguments: [
        ("0", 0), ("-0", 0), ("1e3", 1000), ("4.0", 4), ("1.5e1", 15), ("100e-2", 1), ("0e999999999999999999999", 0),
        ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min), ("9007199254740993", 9_007_199_254_740_993),
        ("9.223372036854775807E+18", Int.max), ("0.00120e3", nil), ("1.5", nil), ("1e-1", nil),
        ("9223372036854775808", nil), ("-9223372036854775809", nil), ("1e19", nil), ("1e999999999999999999999", nil),
    ])
    func wholeNumbersAreExactHoweverTheyAreWritten(text: String, expected: Int?) throws {
        #expect(try number(text).int == expected)
    }

    @Test func numbersTooLargeForAnIntAreRecognisedAsWhole() throws {
        #expect(try number("1e999").isWhole)
        #expect(try number("9223372036854775808").isWhole)
        #expect(try !number("1e-999").isWhole)
        #expect(try number("1e999").double == .infinity)
        #expect(try number("1e-4").double == 1e-4)
    }

    @Test(arguments: [
        ("", 1, 1, JSONProblem.empty), (" \n\t", 1, 1, .empty),
        ("\u{feff}{}", 1, 1, .byteOrderMark(encoding: "UTF-8")),
        ("{\"a\":1,\n}", 1, 7, .trailingComma(closing: "}")), ("[1,]", 1, 3, .trailingComma(closing: "]")),
        ("[1 2]", 1, 4, .expectedCommaOrClosing(found: .word("2"), closing: "]", opened: .start)),
        ("{\"a\" 1}", 1, 6, .expectedColon(found: .word("1"))), ("{a:1}", 1, 2, .expectedKey(found: .word("a"))),
        ("{\"a\":}", 1, 6, .expectedValue(found: .character("}"))),
        ("{\"a\":1", 1, 7, .expectedCommaOrClosing(found: .end, closing: "}", opened: .start)),
        ("[", 1, 2, .expectedValue(found: .end)), ("{", 1, 2, .expectedKey(found: .end)),
        ("[True]", 1, 2, .expectedValue(found: .word("True"))), ("[nullx]", 1, 2, .expectedValue(found: .word("nullx"))),
        ("// x\n{}", 1, 1, .expectedValue(found: .character("/"))), ("{} x", 1, 4, .textAfterEnd(found: .word("x"))),
        ("[01]", 1, 2, .malformedNumber("01", .leadingZero)), ("[+1]", 1, 2, .malformedNumber("+1", .leadingPlus)),
        ("[.5]", 1, 2, .malformedNumber(".5", .noDigitBeforePoint)),
        ("[1.]", 1, 2, .malformedNumber("1.", .noDigitAfterPoint)),
        ("[1e+]", 1, 2, .malformedNumber("1e+", .noDigitInExponent)), ("[-]", 1, 2, .malformedNumber("-", .other)),
        ("[1.2.3]", 1, 2, .malformedNumber("1.2.3", .other)), ("[0x10]", 1, 2, .malformedNumber("0x10", .other)),
        ("[\"ab\ncd\"]", 1, 2, .unfinishedString), ("[\"ab", 1, 2, .unfinishedString),
        ("[\"a\tb\"]", 1, 4, .controlCharacter("\t")), (#"["a\q"]"#, 1, 4, .unknownEscape(.character("q"))),
        (#"["\u12g4"]"#, 1, 3, .shortUnicodeEscape), (#"["\ud83d"]"#, 1, 3, .loneSurrogate(0xD83D)),
        (#"["\ude00"]"#, 1, 3, .loneSurrogate(0xDE00)), (#"["\ud83d\u0041"]"#, 1, 3, .loneSurrogate(0xD83D)),
        (#"["\u１234"]"#, 1, 3, .shortUnicodeEscape),
    ])
    func whatIsNoJSONIsRefusedWhereItStands(text: String, line: Int, column: Int, problem: JSONProblem) {
        let fault = #expect(throws: JSONError.self) { try read(text) }
        #expect(fault?.position == Position(line: line, column: column))
        #expect(fault?.problem == problem)
        #expect(fault.map { !$0.problem.sentence.isEmpty } == true)
    }

    @Test(
        arguments: [
            ([0x22, 0xFF, 0x22], 2, 0xFF), ([0x22, 0xC3, 0xA9, 0xC0, 0x80, 0x22], 3, 0xC0),
            ([0x22, 0xED, 0xA0, 0x80, 0x22], 2, 0xED),
            ([0x22, 0xE2, 0x82], 2, 0xE2), ([0x22, 0xF5, 0x80, 0x80, 0x80], 2, 0xF5),
        ] as [([UInt8], Int, UInt8)])
    func bytesThatAreNoUTF8AreRefusedWhereTheyStand(bytes: [UInt8], column: Int, byte: UInt8) {
        let fault = #expect(throws: JSONError.self) { try JSONReader.read(bytes) }
        #expect(fault?.problem == .invalidUTF8(byte: byte))
        #expect(fault?.position == Position(line: 1, column: column))
    }

    @Test(arguments: [[0xFF, 0xFE, 0x7B, 0], [0xFE, 0xFF, 0, 0x7B]] as [[UInt8]])
    func otherEncodingsAreNamed(bytes: [UInt8]) {
        let fault = #expect(throws: JSONError.self) { try JSONReader.read(bytes) }
        #expect(fault?.problem == .byteOrderMark(encoding: "UTF-16"))
    }

    @Test func nestingIsReadUpToTheLimit() throws {
        let limit = JSONReader.depthLimit
        _ = try read(String(repeating: "[", count: limit) + String(repeating: "]", count: limit))
        let deep = String(repeating: "[", count: 1_000_000)
        let fault = #expect(throws: JSONError.self) { try read(deep) }
        #expect(fault?.problem == .tooDeep(limit: limit))
        #expect(fault?.position == Position(line: 1, column: limit + 1))
    }

    @Test func anErrorHasTheFieldThatWasBeingRead() {
        let fault = #expect(throws: JSONError.self) { try read(#"{"sweep": {"d": [4, x]}}"#) }
        #expect(fault?.path.text == "sweep.d[1]")
    }
}
