import Testing

@testable import Reports

@Suite("Curves of several runs in a terminal")
struct TerminalOverlayTests {
    @Test("are on one scale, each with its letter, in turn where they meet")
    func letters() throws {
        let rising = TerminalOverlay.Curve("A", (1...11).map { ($0, Double($0)) })
        let falling = TerminalOverlay.Curve("B", (1...11).map { ($0, Double(12 - $0)) })
        let chart = try #require(TerminalOverlay([rising, falling], columns: 11, lines: 11))
        #expect(chart.range == 1...11)
        let lines = chart.lines.map(\.letters)
        #expect(lines[5].filter { $0 != " " }.count == 1, "\(lines)")
        let same = try #require(
            TerminalOverlay([.init("A", [(1, 1), (2, 1)]), .init("B", [(1, 1), (2, 1)])], columns: 4, lines: 3))
        #expect(same.lines.map(\.letters) == ["", "ABAB", ""])
        let first = lines.compactMap(\.first), top = try #require(first.first { $0 != " " })
        #expect(top == "B" && first.last { $0 != " " } == "A", "\(lines)")
        let labels = chart.lines.compactMap(\.value)
        #expect(labels == labels.sorted(by: >) && labels.count == 3 && labels[0] == 11 && labels[2] == 1)
    }

    @Test("of different lengths end where their runs have got to, and what is not finite is left out")
    func lengths() throws {
        let long = TerminalOverlay.Curve("A", (1...100).map { ($0, 1 / Double($0)) })
        let short = TerminalOverlay.Curve("B", [(1, 0.5), (2, .nan), (3, .infinity), (50, 0.9)])
        let chart = try #require(TerminalOverlay([long, short], columns: 50, lines: 10))
        let last = { (letter: Character) in chart.lines.compactMap { Array($0.letters).lastIndex(of: letter) }.max() ?? -1 }
        #expect(last("A") == 49 && (23...26).contains(last("B")))
        #expect(TerminalOverlay([.init("A", []), .init("B", [(1, .nan)])], columns: 50, lines: 10) == nil)
        let single = try #require(TerminalOverlay([.init("A", [(1, 2)])], columns: 50, lines: 10))
        #expect(single.lines.contains { $0.letters == "A" })
        #expect(TerminalOverlay([.init("A", [(1, 0.3), (9, 1e300)])], columns: 9, lines: 4) != nil)
    }
}
