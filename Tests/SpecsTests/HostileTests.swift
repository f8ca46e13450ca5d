import ProgramUnderTest
import Testing

@testable import Specs

@Suite struct HostileTests {
    private static let base = #""name": "t", "architecture": "linearnet", "dataset": "shapes""#

    private static func repeated(_ text: String, _ count: Int) -> String {
        [String](repeating: text, count: count).joined(separator: ",")
    }

    /// Files of a megabyte or so, each of which could keep a program busy for long.
    static let large: [(what: String, spec: String)] = [
        ("unknown fields", "{\(base), \(repeated("\"epohcs\": 1", 60_000))}"),
        ("different unknown fields", "{\(base), \((0..<60_000).map { "\"epohcs\($0)\": 1" }.joined(separator: ","))}"),
        ("wrong choices", "{\(base), \"sweep\": {\"linear\": [\(repeated("\"pnc\"", 100_000))]}}"),
        ("wrong values", "{\(base), \"sweep\": {\"d\": [\(repeated("-1", 200_000))]}}"),
        ("equal values", "{\(base), \"sweep\": {\"d\": [\(repeated("7", 200_000))]}}"),
        ("runs beyond the limit", "{\(base), \"include\": [\(repeated("{}", 200_000))]}"),
        (
            "exclusions",
            "{\(base), \"sweep\": {\"seed\": [\((1...5000).map { "\($0)" }.joined(separator: ","))]}, \"exclude\": "
                + "[\(repeated("{\"d\": 16, \"dataset\": \"shapes\", \"epochs\": 3500}", 10_000))]}"
        ),
        ("one long word", "{\(base), \"epochs\": \(String(repeating: "9", count: 1_000_000))}"),
        ("one long key", "{\(base), \"\(String(repeating: "epochs", count: 200_000))\": 1}"),
        ("a long name", "{\"name\": \"\(String(repeating: "\\u001b", count: 200_000))\"}"),
        ("nesting", "{\(base), \"d\": \(String(repeating: "[", count: 100_000))"),
        ("nesting in objects", String(repeating: "{\"d\":", count: 100_000)),
    ]

    @Test(arguments: large)
    func aLargeHostileSpecIsRefusedInTimeAndInFewWords(what: String, spec: String) throws {
        let time = processorSeconds {
            let lines = diagnosticLines(spec)
            #expect(!lines.isEmpty || what == "equal values", "\(what)")
            #expect(lines.count <= 1001 && lines.allSatisfy { $0.utf8.count < 2000 }, "\(what)")
        }
        #expect(time < 20, "\(what): \(time) s")
    }

    @Test func atMostAThousandErrorsAreShown() {
        let lines = diagnosticLines("{\(Self.base), \(Self.repeated("\"d\": 0", 3000))}")
        #expect(
            lines.count == 1001 && lines.last?.hasSuffix("the file has more than 1,000 errors; correct those above first") == true
        )
    }
}
