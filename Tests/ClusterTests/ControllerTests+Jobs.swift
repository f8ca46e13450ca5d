import Foundation
import Specs
import Testing

@testable import Cluster
@testable import Lab

/// Jobs that end, that never come to be, and of which the engine says nothing.
extension ControllerTests {
    @Test("submits again what never arrived, after a minute, and not what did")
    func neverArrived() throws {
        try ScriptedLab.with { lab in
            lab.engine.state.withLock { ($0.failureOfSubmit, $0.takesThem) = (.unreachable("timed out"), false) }
            try lab.submit()
            try lab.sync()
            lab.pass(seconds: 50)
            try lab.sync()
            #expect(lab.engine.state.withLock { $0.submitted.isEmpty })
            lab.pass(seconds: 11)
            try lab.sync()
            try lab.sync()
            #expect(lab.engine.state.withLock { $0.submitted.count } == 1)
            #expect(try lab.summary().attempts == 2)
        }
        try ScriptedLab.with { lab in
            lab.engine.state.withLock { $0.failureOfSubmit = .unreachable("timed out") }
            try lab.submit()
            #expect(try lab.summary().remote?.job == nil)
            lab.pass(seconds: 100)
            try lab.sync()
            #expect(try lab.summary().remote?.job == "1_0")
            #expect(lab.engine.state.withLock { $0.submitted.count } == 1)
        }
    }

    @Test("waits for a run whose job is gone as long as the settings say, and longer while its process lives")
    func gone() throws {
        try ScriptedLab.with { lab in
            try lab.submit()
            lab.engine.set("1", .running, node: "n1")
            let work = try lab.begin()
            try work.train(1...3)
            try lab.sync()
            lab.engine.set("1", nil)
            let beat = work.folder.appending(path: RunBundle.beat)
            for count in 1...5 {
                try Data("\(count)".utf8).write(to: beat)
                lab.pass(seconds: 60)
                try lab.sync()
                #expect(try lab.state() == .running)
            }
            // It lives, and should stop: its successor must not train beside it.
            #expect(work.isStopWanted)
            lab.pass(seconds: 99)
            try lab.sync()
            #expect(try lab.state() == .running)
            lab.pass(seconds: 2)
            try lab.sync()
            try lab.sync()
            let second = try lab.summary()
            #expect(second.state == .queued && second.attempts == 2)
            // Whatever the first one still writes is not taken.
            #expect(work.isStopWanted)
            _ = try? work.train(4...5)
            try lab.sync()
            #expect(try lab.lab.epochs(of: lab.runs[0]).count == 3)
        }
    }

    @Test("takes no end of a job for the end of its run")
    func ends() throws {
        let ends: [(JobEnd, String)] = [
            (.timeLimit, "worker gone"), (.preempted, "preempted"), (.nodeFailed, "the node failed"),
            (.cancelled, "its job was cancelled outside pcnlab"), (.other("COMPLETED"), "worker gone"),
            (.other("FAILED"), "worker gone"),
        ]
        for (end, outcome) in ends {
            try ScriptedLab.with { lab in
                try lab.submit()
                try lab.begin().train(1...3)
                lab.engine.set("1", .ended(end), node: "n1")
                try lab.sync()
                #expect(try lab.state() == .running, "files may be seen later than the end of the job")
                lab.pass(seconds: 61)
                try lab.sync()
                let run = try lab.summary()
                #expect(run.state == .queued && run.attempts == 2 && run.error == nil, "\(end): \(run)")
                #expect(try lab.lab.attempts(of: run.id).map(\.outcome) == [outcome])
                #expect(try lab.lab.checkpoints(of: run.id).map(\.epoch) == [3])
            }
        }
    }

    @Test("fails a run that has too little memory, and names the setting")
    func memory() throws {
        try ScriptedLab.with { lab in
            try lab.submit()
            for attempt in 1...3 {
                _ = try lab.begin(job: "\(attempt)_0-0")
                lab.engine.set("\(attempt)", .ended(.outOfMemory), node: "n1")
                try lab.sync()
                lab.pass(seconds: 200)
                try lab.sync()
                lab.pass(seconds: 200)
                try lab.sync()
            }
            let run = try lab.summary()
            #expect(run.state == .failed && run.error?.contains("--set mem=") == true, "\(run)")
        }
    }

    @Test("keeps what is read and decides nothing while the engine does not answer")
    func unreachable() throws {
        try ScriptedLab.with(runs: 2) { lab in
            try lab.submit([lab.runs[0]])
            let work = try lab.begin()
            try work.train(1...2)
            lab.engine.state.withLock { $0.failure = .unreachable("no answer") }
            _ = try lab.lab.assign([lab.runs[1]], to: "scripted")
            for _ in 0..<3 {
                lab.pass(seconds: 1000)
                #expect(try lab.sync().trouble == "no answer")
            }
            #expect(try lab.state() == .running && lab.lab.epochs(of: lab.runs[0]).count == 2)
            #expect(lab.engine.state.withLock { $0.submitted.count } == 1)
            lab.engine.state.withLock { $0.failure = nil }
            #expect(try lab.sync().trouble == nil)
            #expect(lab.engine.state.withLock { $0.submitted.count } == 2)
        }
    }

    @Test("is not misled by a clock that jumps")
    func clock() throws {
        try ScriptedLab.with { lab in
            try lab.submit()
            try lab.begin().train(1...3)
            lab.engine.set("1", nil)
            try lab.sync()
            lab.pass(seconds: -7200)
            try lab.sync()
            lab.pass(seconds: 101)
            try lab.sync()
            try lab.sync()
            #expect(try lab.summary().attempts == 2)
            let delays = lab.engine.state.withLock { $0.submitted.map(\.delay) }
            #expect(delays.allSatisfy { $0 <= 3600 }, "\(delays)")
        }
    }

    @Test("sends a run to no node of another arithmetic, and says what to ask for")
    func arithmetic() throws {
        try ScriptedLab.with { lab in
            try lab.submit()
            let work = try lab.begin(node: "n1", arithmetic: "engine 2 fused")
            try work.train(1...3)
            try work.finish(.stopped, "preempted")
            try lab.sync()
            try lab.sync()
            let second = try BundleWork(lab.bundle(), job: "2_0-0", node: "n3", arithmetic: "engine 2 unfused")
            #expect(second.bundle.arithmetic == "engine 2 fused")
            try second.finish(.refused, "n3 computes with another arithmetic")
            lab.engine.set("2", .ended(.other("FAILED")), node: "n3")
            try lab.sync()
            let run = try lab.summary()
            #expect(
                run.state == .queued && run.error?.hasSuffix("ask for nodes like n1 with --set constraint=new") == true, "\(run)")
            let last = lab.engine.state.withLock { $0.submitted.last }
            #expect(last?.excludedNodes == ["n3"])
            // A person who submits the run again may have corrected the node.
            lab.engine.set("3", .ended(.cancelled))
            try lab.sync()
            lab.pass(seconds: 61)
            try lab.sync(isImpatient: true)
            #expect(lab.engine.state.withLock { $0.submitted.last?.excludedNodes } == [])
            #expect(try lab.lab.attempts(of: run.id).count == 1)
        }
    }

    @Test("sends no more jobs to a node on which two died soon after their start")
    func deadlyNode() throws {
        try ScriptedLab.with(runs: 3) { lab in
            try lab.submit([lab.runs[0], lab.runs[1]])
            for index in 0..<2 {
                _ = try lab.begin(index, job: "1_\(index)-0", node: "n2")
                lab.engine.set("1", task: index, .ended(.other("FAILED")), node: "n2")
            }
            try lab.sync()
            lab.pass(seconds: 61)
            try lab.sync()
            try lab.sync()
            let excluded = lab.engine.state.withLock { $0.submitted.last?.excludedNodes }
            #expect(excluded == ["n2"])
            #expect(try lab.lab.nodes("scripted").map(\.name) == ["n2"])
            lab.pass(seconds: 86_401)
            _ = try lab.lab.assign([lab.runs[2]], to: "scripted")
            try lab.sync()
            #expect(lab.engine.state.withLock { $0.submitted.last?.excludedNodes } == [])
        }
    }

    @Test("submits a run again without a delay when the engine lost its jobs before they began, and blames nobody")
    func lostJobs() throws {
        try ScriptedLab.with { lab in
            try lab.submit()
            for job in 1...4 {
                lab.engine.set("\(job)", nil)
                try lab.sync()
                lab.pass(seconds: 101)
                try lab.sync()
                let run = try lab.summary()
                #expect(run.attempts == job + 1 && run.error == nil && run.remote?.job == "\(job + 1)_0", "\(run)")
            }
        }
    }

    @Test("shows why the engine refuses jobs, and asks again less and less often")
    func refused() throws {
        try ScriptedLab.with { lab in
            let refuse = {
                lab.engine.state.withLock { ($0.failureOfSubmit, $0.takesThem) = (.refused("no such partition"), false) }
            }
            refuse()
            try lab.submit()
            #expect(try lab.summary().error == "no such partition" && lab.state() == .queued)
            refuse()
            try lab.sync()
            #expect(try lab.summary().attempts == 2)
            try lab.sync()
            #expect(try lab.summary().attempts == 2, "the third attempt comes a minute later")
            lab.pass(seconds: 61)
            try lab.sync()
            #expect(try lab.summary().attempts == 3 && lab.summary().remote?.job == "1_0")
        }
    }
}
