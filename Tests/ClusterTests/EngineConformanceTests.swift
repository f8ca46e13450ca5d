import Foundation
import ProgramUnderTest
import Specs
import Testing

@testable import Cluster

/// What every engine must do.
@Suite("An engine", .serialized)
struct EngineConformanceTests {
    /// Submits a script as an array of jobs.
    private struct Subject {
        let engine: any Engine
        let folder: URL
        let slurm: VirtualCluster?

        func array(_ script: String, tasks: Int, _ settings: ClusterSettings = ClusterSettings()) throws -> JobArray {
            let token = "token-\(UUID().uuidString.prefix(6))", place = folder.appending(path: token)
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            let file = place.appending(path: "job.sh")
            try Data("#!/bin/sh\ntask=${SLURM_ARRAY_TASK_ID:-$1}\n\(script)\n".utf8).write(to: file)
            return JobArray(
                token: token, tasks: tasks, script: file, folder: place, settings: settings, delay: 0, excludedNodes: [])
        }

        func records(_ array: JobArray) throws -> [Int: JobRecord] {
            let all = try engine.list() ?? []
            return Dictionary(all.filter { $0.token == array.token }.map { ($0.id.task, $0) }) { first, _ in first }
        }

    }

    private func with(_ engine: TestEngine, _ body: (Subject) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "engine-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        switch engine {
        case .local: try body(Subject(engine: Local(folder: folder, cores: 2), folder: folder, slurm: nil))
        case .slurm:
            let slurm = try VirtualCluster()
            defer { slurm.stop() }
            // The engine runs in this process, and finds Slurm as any program does.
            for (name, value) in slurm.environment { setenv(name, value, 1) }
            try body(Subject(engine: Slurm(), folder: folder, slurm: slurm))
        }
    }

    @Test("runs every task of an array once, and keeps what it prints", arguments: TestEngine.available)
    func runs(_ engine: TestEngine) throws {
        try with(engine) { subject in
            let array = try subject.array("echo \"task $task\"", tasks: 3)
            let job = try subject.engine.submit(array)
            #expect(!job.isEmpty)
            try until {
                let records = try subject.records(array)
                return records.values.allSatisfy(\.isEnded)
                    && (0..<3).allSatisfy { task in
                        let text = try? String(contentsOf: array.folder.appending(path: "output-\(task)"), encoding: .utf8)
                        return text == "task \(task)\n"
                    }
            }
        }
    }

    @Test("lists jobs that wait with a reason, and those that run with a node, by their token", arguments: TestEngine.available)
    func lists(_ engine: TestEngine) throws {
        try with(engine) { subject in
            var settings = ClusterSettings()
            settings.arrayParallelism = 1
            let array = try subject.array("exec sleep 100", tasks: 2, settings)
            let job = try subject.engine.submit(array)
            var records: [Int: JobRecord] = [:]
            try until {
                records = try subject.records(array)
                return records.count == 2 && records[0]?.state == .running
            }
            #expect(records[0]?.id == JobID(job: job, task: 0) && records[0]?.node?.isEmpty == false)
            guard case .waiting(let reason)? = records[1]?.state else {
                Issue.record("\(records)")
                return
            }
            #expect(!reason.isEmpty && records[1]?.node == nil)
            try subject.engine.stop([JobID(job: job, task: 0), JobID(job: job, task: 1)])
            try until { try subject.records(array).values.allSatisfy(\.isEnded) }
            // A job that is gone is no error.
            try subject.engine.stop([JobID(job: job, task: 0)])
        }
    }

    @Test("lets a job clean up when it is stopped, and starts none that waited", arguments: TestEngine.available)
    func stops(_ engine: TestEngine) throws {
        try with(engine) { subject in
            var settings = ClusterSettings()
            settings.arrayParallelism = 1
            let script = "trap 'echo cleaned; exit' TERM\necho started\nwhile :; do sleep 0.1; done"
            let array = try subject.array(script, tasks: 2, settings)
            let job = try subject.engine.submit(array)
            let output = { (task: Int) in
                (try? String(contentsOf: array.folder.appending(path: "output-\(task)"), encoding: .utf8)) ?? ""
            }
            try until { output(0).contains("started") }
            try subject.engine.stop([JobID(job: job, task: 1), JobID(job: job, task: 0)])
            try until { output(0).contains("cleaned") }
            try until { try subject.records(array).values.allSatisfy(\.isEnded) }
            #expect(!output(1).contains("started"))
        }
    }

    @Test("says what it has", arguments: TestEngine.available)
    func capabilities(_ engine: TestEngine) throws {
        try with(engine) { subject in
            let found = try subject.engine.capabilities()
            #expect(found.arraySize > 0 && !found.features.isEmpty)
            if engine == .slurm { #expect(found.features == ["n1": ["new"], "n2": ["new"], "n3": ["old"]]) }
        }
    }
}

@Suite("A line of squeue") struct SqueueTests {
    @Test(
        "is read, with every state that Slurm has",
        arguments: [
            ("12_3|PENDING|Resources|abc|", JobRecord.State.waiting(reason: "Resources")),
            ("12_3|PENDING|None|abc|", .waiting(reason: "Submitted")),
            ("12_3|PENDING|ReqNodeNotAvail, UnavailableNodes:n1|abc|", .waiting(reason: "ReqNodeNotAvail, UnavailableNodes:n1")),
            ("12_3|RUNNING|None|abc|n1", .running), ("12_3|COMPLETING|TimeLimit|abc|n1", .running),
            ("12_3|SUSPENDED|None|abc|n1", .waiting(reason: "Suspended")),
            ("12_3|TIMEOUT|TimeLimit|abc|n1", .ended(.timeLimit)), ("12_3|PREEMPTED|None|abc|n1", .ended(.preempted)),
            ("12_3|NODE_FAIL|NodeDown|abc|n1", .ended(.nodeFailed)), ("12_3|CANCELLED|Resources|abc|", .ended(.cancelled)),
            ("12_3|OUT_OF_MEMORY|OutOfMemory|abc|n1", .ended(.outOfMemory)),
            ("12_3|FAILED|NonZeroExitCode|abc|n1", .ended(.other("FAILED"))),
            ("12_3|COMPLETED|None|abc|n1", .ended(.other("COMPLETED"))),
            ("12_3|SOMETHING_NEW||abc|", .ended(.other("SOMETHING_NEW"))),
        ])
    func states(_ line: String, _ state: JobRecord.State) {
        let record = Slurm.record(Substring(line))
        #expect(record?.state == state && record?.id == JobID(job: "12", task: 3) && record?.token == "abc")
    }

    @Test(
        "that is none of this lab's arrays is passed over",
        arguments: ["", "12|RUNNING|None|abc|n1", "garbage", "a_b|RUNNING|||"])
    func others(_ line: String) { #expect(Slurm.record(Substring(line)) == nil) }
}
