import Testing

@testable import Specs

@Suite struct JSONTreeTests {
    @Test func keysAreSortedByUTF16UnitsAsInRFC8785() {
        // The sample of RFC 8785, §3.2.3: the emoji's surrogates sort before U+FB33.
        let keys = ["\u{20ac}", "\r", "\u{fb33}", "1", "\u{1f600}", "\u{80}", "\u{f6}"]
        let tree = JSONTree.object(keys.map { .init($0, .text("")) })
        let expected = ["\\r", "1", "\u{80}", "\u{f6}", "\u{20ac}", "\u{1f600}", "\u{fb33}"]
        #expect(tree.canonical == "{" + expected.map { "\"\($0)\":\"\"" }.joined(separator: ",") + "}")
    }

    @Test func stringsEscapeOnlyWhatMustBe() {
        #expect(
            JSONTree.quoted("€$\u{F}\nA'B\"\\\\\"/\u{7f}é") == "\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\u{7f}é\"")
    }

    @Test func wholeNumbersBeyondExactDoublesBecomeStrings() {
        #expect(JSONTree.whole(9_007_199_254_740_991).canonical == "9007199254740991")
        #expect(JSONTree.whole(9_007_199_254_740_992).canonical == "\"9007199254740992\"")
        #expect(JSONTree.whole(.max).canonical == "\"9223372036854775807\"")
    }

    @Test func aTreeIsReadBackFromEitherForm() throws {
        let tree = JSONTree.object([.init("b", .list([.whole(1), .real(0.5)])), .init("a", .bool(true))])
        #expect(tree.canonical == #"{"a":true,"b":[1,0.5]}"#)
        #expect(tree.pretty() == #"{ "b": [ 1, 0.5 ], "a": true }"#)
        _ = try JSONReader.read(tree.pretty().utf8)
    }
}
