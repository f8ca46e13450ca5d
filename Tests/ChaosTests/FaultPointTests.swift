import Foundation
import ProgramUnderTest
import Testing

@Suite("A worker killed at a named point", .serialized)
struct FaultPointTests {
    /// What the runs come to when nothing happens.
    private static let expected = Result {
        var results: [String: String] = [:]
        try Program.inNewFolder { program in
            var subject = try Subject(program)
            try subject.submit(seeds: 1, epochs: 8)
            try subject.drain()
            results = try program.results()
        }
        return results
    }

    @Test("leaves a lab that is whole, and a run that ends at the same bits", arguments: FaultPoint.all)
    func killed(_ point: FaultPoint) throws {
        try Program.inNewFolder { program in
            var subject = try Subject(program)
            try subject.submit(seeds: 1, epochs: 8)
            let worker = try subject.startWorker(["--drain"], rule: point.rule(2))
            #expect(try worker.finish().status == -SIGKILL, "it came to the point")
            try subject.check()
            try subject.checkNothingRuns()
            try subject.drain()
            try subject.check()
            #expect(try program.results() == Self.expected.get())
        }
    }
}
