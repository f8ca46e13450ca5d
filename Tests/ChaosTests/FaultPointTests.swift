import Foundation
import ProgramUnderTest
import Testing

@Suite("A worker killed at a chosen call", .serialized)
struct FaultPointTests {
    /// Results of undisturbed runs.
    private static let expected = Result { try Subject.undisturbed(seeds: 1, epochs: 8) }

    @Test("leaves a consistent lab, and the run ends with the same bits", arguments: FaultPoint.all)
    func killed(_ point: FaultPoint) throws {
        try Program.inNewFolder { program in
            var subject = try Subject(program)
            for epochs in [4, 5] {
                try subject.submit(seeds: 1, epochs: epochs)
                try subject.drain()
            }
            try subject.submit(seeds: 1, epochs: 8)
            // The final checkpoints of an extended run are kept. As rolling ones the next checkpoint removes them.
            try subject.database().write { try $0.execute(sql: "UPDATE checkpoints SET kept = 0") }
            // The worker moves a log of this length into the database when its first run has ended.
            let database = try subject.lengthenLog(pages: 1100)
            let worker = try subject.startWorker(["--drain"], rule: point.rule(point.isRare ? 1 : 2))
            #expect(try worker.finish().status == -SIGKILL, "the worker reached the call")
            withExtendedLifetime(database) {}
            try subject.check()
            try subject.checkNothingRuns()
            try subject.drain()
            try subject.check()
            let (results, expected) = (try program.results(), try Self.expected.get())
            #expect(results == expected)
        }
    }
}
