import Foundation
import ProgramUnderTest
import Testing

@Suite("A signal to a worker", .serialized) struct SignalTests {
    @Test("is never lost, however early it comes", arguments: [0, 10, 30, 60, 90, 120, 160, 200, 300])
    func early(_ milliseconds: Int) throws {
        try Program.inNewFolder { program in
            // Children of a Dispatch thread start with signals blocked, so that one that comes early waits for the program.
            let worker = try DispatchQueue.global().sync { try program.start(["work"]) }
            Thread.sleep(forTimeInterval: Double(milliseconds) / 1000)
            kill(worker.process.processIdentifier, SIGTERM)
            defer { kill(worker.process.processIdentifier, SIGKILL) }
            try until { !worker.process.isRunning }
            #expect([128 + SIGTERM, -SIGTERM].contains(try worker.finish().status))
        }
    }

    @Test("that comes twice at once, as from `timeout`, asks for a stop with a checkpoint; later ones end it at once")
    func repeated() throws {
        try Program.inNewFolder { program in
            try program.run("submit", program.spec(smallSpec("a", epochs: 100_000)))
            let work = try program.start(["work"])
            defer { kill(work.process.processIdentifier, SIGKILL) }
            try until { work.log.contains("epoch 2/") }
            for _ in 0..<2 { kill(work.process.processIdentifier, SIGTERM) }
            let output = try work.finish()
            #expect(output.status == 128 + SIGTERM && output.error.contains("goes on from its checkpoint"), "\(output.error)")
            #expect(try program.status().values.allSatisfy { $0["state"] as? String == "queued" })
        }
    }

    @Test("that was ignored when it started, as under nohup, stays ignored")
    func nohup() throws {
        try Program.inNewFolder { program in
            try program.run("submit", program.spec(smallSpec("a", epochs: 300, samples: 3000)))
            let worker = Process()
            worker.executableURL = URL(fileURLWithPath: "/bin/sh")
            worker.environment = Program.environment
            worker.arguments = ["-c", "trap '' HUP; exec '\(Program.executable.path)' work --drain"]
            worker.currentDirectoryURL = program.folder
            worker.standardError = FileHandle.nullDevice
            try worker.run()
            try until { try program.status().values.contains { $0["epoch"] as? Int ?? 0 > 0 } }
            #expect(worker.isRunning)
            kill(worker.processIdentifier, SIGHUP)
            worker.waitUntilExit()
            #expect(worker.terminationReason == .exit && worker.terminationStatus == 0)
            #expect(try program.status().values.allSatisfy { $0["state"] as? String == "completed" })
        }
    }
}
