import Foundation
import Lab
import ProgramUnderTest
import Testing

@Suite("Storage that cannot be written", .serialized)
struct StorageTests {
    @Test(
        "makes the run wait: it reports the reason, continues by itself and ends with the same bits",
        arguments: [
            ("full", "No space left on device", false), ("denied", "Permission denied", false),
            ("denied", "Permission denied", true),
        ])
    func waited(_ trouble: String, _ reason: String, _ fromStart: Bool) throws {
        try Program.inNewFolder { program in
            var subject = try Subject(program)
            try subject.submit(seeds: 1, epochs: 200, linear: ["pcn"])
            let id = try #require(subject.submitted.first)
            let lab = try Lab(program.lab)
            let file = subject.switches.appending(path: trouble)
            // The first checkpoint creates a folder.
            if fromStart { try Data().write(to: file) }
            let worker = try subject.startWorker(["--drain"])
            defer { if worker.process.isRunning { kill(worker.process.processIdentifier, SIGKILL) } }
            try until { try lab.runs()[0].epoch > 2 }
            if !fromStart { try Data().write(to: file) }
            try until { worker.log.contains("waits: ") }
            let stood = try lab.runs()[0].epoch
            Thread.sleep(forTimeInterval: 1)
            #expect(try lab.runs()[0].epoch == stood && worker.process.isRunning, "the run waits")
            try FileManager.default.removeItem(at: file)

            let output = try worker.finish()
            #expect(output.status == 0 && output.error.contains("waits: ") && output.error.contains("goes on: "), "\(output)")
            let event = try #require(try lab.events(of: id).first { $0.kind == "storage trouble" })
            #expect(event.detail?.contains("waited") == true, "\(event)")
            #expect(output.error.contains(reason) || output.error.contains("disk is full"), "\(output.error)")
            #expect(try lab.attempts(of: id).map(\.outcome) == ["completed"])
            let (results, expected) = (
                try program.results(), try Subject.undisturbed(seeds: 1, epochs: 200, linear: ["pcn"])
            )
            #expect(results == expected)
        }
    }
}
