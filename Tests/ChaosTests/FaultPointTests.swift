import Foundation
import ProgramUnderTest
import Testing

@Suite("A worker killed at a named point", .serialized)
struct FaultPointTests {
    /// What the runs come to when nothing happens.
    private static let expected = Result { try Subject.undisturbed(seeds: 1, epochs: 8) }

    @Test("leaves a lab that is whole, and a run that ends at the same bits", arguments: FaultPoint.all)
    func killed(_ point: FaultPoint) throws {
        try Program.inNewFolder { program in
            var subject = try Subject(program)
            // The checkpoints at their ends are not kept for good: the next ones will have them removed.
            for epochs in [4, 5] {
                try subject.submit(seeds: 1, epochs: epochs)
                try subject.drain()
            }
            try subject.submit(seeds: 1, epochs: 8)
            // With a log this long, one of the worker's first commits moves it into the database.
            let database = try subject.lengthenLog(pages: 970)
            let worker = try subject.startWorker(["--drain"], rule: point.rule(point.isRare ? 1 : 2))
            #expect(try worker.finish().status == -SIGKILL, "it came to the point")
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
