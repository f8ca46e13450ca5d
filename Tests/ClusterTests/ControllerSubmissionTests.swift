import Foundation
import Specs
import Testing

@testable import Cluster
@testable import Lab

@Suite("What a controller submits")
struct ControllerSubmissionTests {
    @Test("are few jobs for many short runs, at a pace that sites ask for, with one query a pass")
    func packed() throws {
        try ScriptedLab.with(runs: 1000, epochs: 10) { lab in
            lab.change { ($0.packMinutes, $0.startsPerMinute) = (30, 10) }
            try lab.submit([])
            _ = try lab.lab.assign(lab.runs, to: "scripted")
            // A hundred seconds each.
            for _ in 0..<3 { try lab.sync(secondsPerEpoch: 9.8) }
            let (submitted, lists) = lab.engine.state.withLock { ($0.submitted, $0.lists) }
            #expect(submitted.reduce(0) { $0 + $1.tasks } == 56 && submitted.allSatisfy { $0.tasks <= 10 })
            #expect(submitted.map(\.delay) == [0, 60, 120, 180, 240, 300])
            #expect(lists == 2, "nothing was submitted before the first pass")
            #expect(try lab.lab.remoteAttempts().count == 1000)
        }
    }

    @Test("are jobs of several runs, which go on when one of them is not wanted any more")
    func companions() throws {
        try ScriptedLab.with(runs: 3) { lab in
            lab.change { $0.packMinutes = 30 }
            try lab.submit()
            #expect(lab.engine.state.withLock { $0.submitted.map(\.tasks) } == [1])
            _ = try lab.lab.command(.cancel, runs: [lab.runs[1]])
            let cancelled = try lab.bundle(1)
            try lab.sync()
            #expect(lab.engine.state.withLock { $0.stopped.isEmpty })
            lab.engine.set("1", .running, node: "n1")
            try lab.sync()
            #expect(
                try lab.summary(2).remote?.reason == "its job is starting"
                    || lab.summary(2).remote?.reason == "its job trains other runs first")
            for index in [0, 2] {
                let work = try lab.begin(index)
                try work.train(1...5)
                try work.complete()
                try lab.sync()
            }
            let left = try BundleWork(cancelled, job: "1_0-0", node: "n1", arithmetic: "fused")
            #expect(left.isStopWanted)
            try left.finish(.stopped, "it is not wanted any more")
            try lab.sync()
            #expect(try lab.state(0) == .completed && lab.state(1) == .cancelled && lab.state(2) == .completed)
            #expect(try lab.lab.remoteAttempts().isEmpty)
        }
    }

    @Test("are at most max_submitted jobs, the first of the queue first")
    func limited() throws {
        try ScriptedLab.with(runs: 30) { lab in
            lab.change { $0.maxSubmitted = 10 }
            try lab.lab.change(RunChanges(priority: 5), runs: Array(lab.runs.suffix(3)))
            try lab.submit()
            try lab.sync()
            let first = Set(try lab.lab.remoteAttempts().map(\.run))
            #expect(first == Set(lab.runs.suffix(3) + lab.runs.prefix(7)))
            for index in [0, 1] {
                let attempt = try #require(try lab.lab.remoteAttempts().first { $0.run == lab.runs[index] })
                let work = try lab.begin(index, job: "1_\(attempt.task)-0")
                try work.train(1...5)
                try work.complete()
                lab.engine.set("1", task: attempt.task, .ended(.other("COMPLETED")), node: "n1")
            }
            try lab.sync()
            #expect(try lab.lab.remoteAttempts().count == 10)
            #expect(Set(try lab.lab.remoteAttempts().map(\.run)).isSuperset(of: lab.runs[7...8]))
        }
    }

    @Test("are arrays no larger than the engine takes")
    func arraySize() throws {
        try ScriptedLab.with(runs: 25) { lab in
            lab.engine.state.withLock { $0.arraySize = 11 }
            try lab.submit()
            #expect(lab.engine.state.withLock { $0.submitted.map(\.tasks) } == [11, 11, 3])
        }
    }

    @Test("are jobs with the settings that were given for their runs, also later ones")
    func settingsOfRuns() throws {
        try ScriptedLab.with(runs: 2) { lab in
            _ = try lab.lab.assign([lab.runs[0]], to: "scripted", changes: ["partition=gpu", "cpus=1"])
            lab.change { $0.cpus = 8 }
            try lab.submit([lab.runs[1]])
            let settings = lab.engine.state.withLock { $0.submitted.map(\.settings) }
            #expect(Set(settings.map(\.partition)) == ["gpu", nil] && Set(settings.map(\.cpus)) == [1, 8])
        }
    }

    @Test("are bundles that go on from the newest checkpoint, with an older one beside it")
    func checkpoints() throws {
        try ScriptedLab.with { lab in
            try lab.submit()
            let work = try lab.begin()
            try work.train(1...2)
            try work.train(3...3)
            try work.finish(.stopped, "time limit")
            try lab.sync()
            try lab.sync()
            let next = try lab.begin(job: "2_0-0")
            #expect(next.bundle.checkpoints.map(\.epoch) == [3, 2])
            let places = try next.checkpoints()
            #expect(try String(contentsOf: places[0].file, encoding: .utf8) == "weights after 3")
        }
    }
}
