import Foundation
import ProgramUnderTest
import Testing

@Suite("The last word to a running run counts")
struct LastWordTests {
    @Test("a running run that is paused and then resumed goes on, and one that is cancelled and then retried too")
    func goesOn() throws {
        try Program.inNewFolder { program in
            let spec = smallSpec("a", epochs: 100_000).replacing(#"["pcn", "mlp", "low_rank"]"#, with: #"["mlp"]"#)
            let id = String(try #require(try program.run("submit", program.spec(spec)).lines.first).prefix(16))
            let work = try program.start(["work", "--threads", "1"])
            let epoch = { (try program.status()[id]?["epoch"] as? Int) ?? 0 }
            try until { try epoch() > 0 }
            for (first, second) in [("pause", "resume"), ("cancel", "retry")] {
                let asked = try program.run(first, id)
                #expect(asked.out == "\(id)  will \(first) at the next batch\n", "\(asked)")
                // The worker may have stopped between the two, or not.
                let back = try program.run(second, id)
                #expect(["\(id)  goes on\n", "\(id)  queued\n"].contains(back.out), "\(back)")
                let before = try epoch()
                try until { try epoch() > before + 1 }
                let run = try #require(try program.status()[id])
                #expect(run["state"] as? String == "running" && run["request"] is NSNull)
            }
            #expect(try program.run("resume", id).out == "\(id)  nothing to do\n")
            work.process.terminate()
            #expect(try work.finish().status == 128 + SIGTERM)
        }
    }
}
