import Testing

@testable import Datasets

@Suite("Progress")
struct ProgressLineTests {
    private let half = FetchProgress(done: 85_026_085, total: 170_052_171, bytesPerSecond: 12_300_000)

    @Test("A terminal's line fills the width with name, bar, percent, size, rate and time left")
    func bar() {
        let line = ProgressLine.bar(name: "cifar-10-binary.tar.gz", half, width: 90)
        #expect(
            line == "cifar-10-binary.tar.gz " + String(repeating: "█", count: 9) + String(repeating: "░", count: 11)
                + "  49%   85.0 MB/170.1 MB   12.3 MB/s     0:07")
    }

    @Test("No line is wider than the terminal", arguments: [0, 1, 20, 40, 60, 72, 80, 200])
    func width(_ width: Int) {
        for name in ["a", "cifar-10-binary.tar.gz", String(repeating: "long", count: 30)] {
            #expect(ProgressLine.bar(name: name, half, width: width).count <= width)
        }
    }

    @Test("For an unknown size the line shows the bytes received")
    func unknown() {
        let progress = FetchProgress(done: 1_500, total: nil, bytesPerSecond: 0)
        #expect(ProgressLine.plain(name: "a", progress) == "a: 1.5 kB")
        #expect(ProgressLine.bar(name: "a", progress, width: 80).contains("1.5 kB"))
    }

    @Test("A line for a log has the same information in words")
    func plain() {
        #expect(ProgressLine.plain(name: "a.gz", half) == "a.gz: 85.0 MB of 170.1 MB, 49%, 12.3 MB/s, 0:07 left")
    }

    @Test("Sizes and times are formatted for people")
    func amounts() {
        #expect(
            [0, 999, 1000, 28_881, 999_950, 170_052_171].map(ProgressLine.bytes)
                == ["0 B", "999 B", "1.0 kB", "28.9 kB", "1.0 MB", "170.1 MB"])
        #expect([0.2, 59.5, 750, 3723, 1e300].map(ProgressLine.duration) == ["0:01", "1:00", "12:30", "1:02:03", "99:59:59"])
    }

    @Test("The rate follows the last seconds, not the whole download")
    func rate() {
        var meter = RateMeter()
        #expect(meter.bytesPerSecond == 0)
        for second in 0...20 {
            meter.add(time: Double(second), bytes: Int64(second <= 10 ? second * 100 : 1000 + (second - 10) * 7))
        }
        #expect(meter.bytesPerSecond == 7)
    }
}
