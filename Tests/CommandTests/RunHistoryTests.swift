import Operations
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
        let lines = RunHistory.lines([.init(run: "a", events: events, log: log)]).map {
            $0.split(separator: " ").suffix(2).joined(separator: " ")
        }
        var expected: [String] = []
        for numbers in [0..<20, 20..<40] {
            expected += numbers.map { "* e\($0)" }
            expected += numbers.map { "line \($0)" }
        }
        #expect(lines == expected)
    }

    @Test("of several runs is one list, each line with its run; events keep their order where the clock was set back")
    func several() {
        let event = { (id: Int64, run: String, second: Int64) in
            EventRow(id: id, run: run, at: second * 1000, attempt: nil, kind: "e\(id)", detail: nil)
        }
        let parts = [
            RunHistory.Part(
                run: "aaaaaaaabbbb", events: [event(1, "aaaaaaaabbbb", 50), event(4, "aaaaaaaabbbb", 20)],
                log: ["\(Format.time(30_000))  late"]),
            RunHistory.Part(
                run: "ccccccccdddd", events: [event(2, "ccccccccdddd", 60), event(3, "ccccccccdddd", 61)],
                log: ["\(Format.time(10_000))  early"]),
        ]
        #expect(
            RunHistory.lines(parts) == [
                "1970-01-01 00:00:10 UTC  cccccccc  early", "1970-01-01 00:00:30 UTC  aaaaaaaa  late",
                "1970-01-01 00:00:50 UTC  aaaaaaaa  * e1", "1970-01-01 00:01:00 UTC  cccccccc  * e2",
                "1970-01-01 00:01:01 UTC  cccccccc  * e3", "1970-01-01 00:00:20 UTC  aaaaaaaa  * e4",
            ])
    }
}
