import Foundation
import GRDB
import Lab
import ProgramUnderTest
import Testing

@Suite("A worker that is stopped for longer than its lease", .serialized)
struct LeaseTests {
    private func isStopped(_ worker: Program.Running) throws -> Bool {
        let status = try String(contentsOfFile: "/proc/\(worker.process.processIdentifier)/status", encoding: .utf8)
        return status.contains("State:\tT")
    }

    private func resume(_ worker: Program.Running) { kill(worker.process.processIdentifier, SIGCONT) }

    /// The worker is stopped at a call of a checkpoint, so that it records the checkpoint when it continues.
    @Test(
        "loses its run to another worker: its later writes are refused, and the run ends once, with the same bits",
        arguments: [(point: "rename *.safetensors", whileOtherWorks: true), (point: "write *.tmp", whileOtherWorks: false)])
    func superseded(_ point: String, _ whileOtherWorks: Bool) throws {
        try Program.inNewFolder { program in
            var subject = try Subject(program)
            try subject.submit(seeds: 1, epochs: 12, linear: ["pcn"])
            let id = try #require(subject.submitted.first)
            let first = try subject.startWorker(["--drain"], rule: "\(point) 2 stop")
            var workers = [first]
            defer { for worker in workers where worker.process.isRunning { kill(worker.process.processIdentifier, SIGKILL) } }
            try until { try isStopped(first) }
            let second = try subject.startWorker(
                ["--drain"], rule: "rename *.safetensors \(whileOtherWorks ? 2 : 1_000_000) stop")
            workers.append(second)
            let lab = try Lab(program.lab)
            if whileOtherWorks {
                try until { try isStopped(second) }
            } else {
                try until { try lab.runs()[0].state == .completed }
            }
            let before = try subject.rows(of: id)

            resume(first)
            try until { try program.run("log", id).out.contains("superseded") }
            #expect(try subject.rows(of: id) == before, "the first worker's writes changed no row")
            resume(second)
            for worker in workers { #expect(try worker.finish().status == 0) }

            try subject.check()
            let attempts = try lab.attempts(of: id)
            #expect(attempts.map(\.outcome) == ["lease expired", "completed"])
            #expect(try lab.events(of: id).map(\.kind) == ["submitted", "started", "ended", "started", "ended"])
            let files = try FileManager.default.contentsOfDirectory(atPath: lab.checkpoints.appending(path: id).path)
            #expect(
                Set(files.map { "checkpoints/\(id)/\($0)" }) == Set(try lab.checkpoints(of: id).map(\.file)),
                "no file is left behind")
            let (results, expected) = (
                try program.results(), try Subject.undisturbed(seeds: 1, epochs: 12, linear: ["pcn"])
            )
            #expect(results == expected)
        }
    }
}

extension Subject {
    /// All rows of a run, without heartbeats.
    fileprivate func rows(of run: String) throws -> [String] {
        try database().read { db in
            try [
                "SELECT * FROM runs WHERE id = ?", "SELECT * FROM epochs WHERE run_id = ?",
                "SELECT * FROM checkpoints WHERE run_id = ?",
                "SELECT * FROM events WHERE run_id = ?", "SELECT number, ended_at, outcome FROM attempts WHERE run_id = ?",
            ].flatMap { try Row.fetchAll(db, sql: $0, arguments: [run]).map { "\($0)" } }
        }
    }
}
