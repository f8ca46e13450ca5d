import Testing

@testable import Lab
@testable import pcnlab

@Suite("A run's history in `log`")
struct RunHistoryTests {
    @Test("is in the order of time; of one second the events come first by their ids, then the log's lines as they are")
    func order() {
        let second = { (number: Int) in Int64(number / 20 * 1000) }
        let events = (0..<40).reversed().map { number in
            EventRow(id: Int64(number), run: nil, at: second(number), attempt: nil, kind: "e\(number)", detail: nil)
        }
        let log = (0..<40).map { "\(Format.time(second($0)))  line \($0)" }
        let lines = RunHistory.lines(events: events, log: log).map { $0.split(separator: " ").suffix(2).joined(separator: " ") }
        var expected: [String] = []
        for numbers in [0..<20, 20..<40] {
            expected += numbers.map { "* e\($0)" }
            expected += numbers.map { "line \($0)" }
        }
        #expect(lines == expected)
    }
}
