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
