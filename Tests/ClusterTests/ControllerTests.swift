import Foundation
import Specs
import Testing

@testable import Cluster
@testable import Lab

@Suite("A controller of a cluster")
struct ControllerTests {
    @Test("takes what a job did into the lab once, however often it looks")
    func onceOnly() throws {
        try ScriptedLab.with { lab in
            try lab.submit()
            #expect(try lab.state() == .queued)
            #expect(try lab.summary().remote == RemotePlace(engine: "scripted", job: "1_0", node: nil, reason: nil))
            lab.engine.set("1", .running, node: "n1")
            let work = try lab.begin()
            try work.train(1...3)
            for _ in 0..<3 { try lab.sync() }
            #expect(try lab.state() == .running && lab.lab.epochs(of: lab.runs[0]).map(\.epoch) == [1, 2, 3])
            #expect(try lab.summary().remote == RemotePlace(engine: "scripted", job: "1_0", node: "n1", reason: nil))
            #expect(try lab.lab.checkpoints(of: lab.runs[0]).map(\.epoch) == [3])
            try work.train(4...5)
            try work.complete()
            for _ in 0..<3 { try lab.sync() }
            #expect(try lab.state() == .completed && lab.lab.epochs(of: lab.runs[0]).count == 5)
            #expect(try lab.lab.checkpoints(of: lab.runs[0]).map(\.epoch) == [5, 3])
            let history = try lab.lab.events(of: lab.runs[0]).map(\.kind)
            #expect(history.filter { $0 == "started" || $0 == "ended" } == ["started", "ended"], "\(history)")
            #expect(try !FileManager.default.fileExists(atPath: lab.bundle().path))
            // What a process writes there later is no bundle.
            try work.finish(.stopped, "late")
            try FileManager.default.createDirectory(at: lab.bundle(), withIntermediateDirectories: true)
            try lab.sync()
            #expect(try !FileManager.default.fileExists(atPath: lab.bundle().path))
        }
    }

    @Test("takes files that are there twice as if they were there once")
    func duplicates() throws {
        try ScriptedLab.with { lab in
            try lab.submit()
            let work = try lab.begin()
            try work.train(1...3)
            let copy = work.folder.deletingLastPathComponent().appending(path: "1-1_0-0.copy")
            try FileManager.default.copyItem(at: work.folder, to: copy)
            try lab.sync()
            try lab.sync()
            #expect(try lab.lab.epochs(of: lab.runs[0]).map(\.epoch) == [1, 2, 3])
            let history = try lab.lab.events(of: lab.runs[0]).map(\.kind)
            #expect(!history.contains("not reproduced"), "\(history)")
            try FileManager.default.removeItem(at: copy)
            try work.train(4...5)
            try work.complete()
            try lab.sync()
            #expect(try lab.state() == .completed)
        }
    }

    @Test("takes no epoch after one that is missing, and has it trained again from a checkpoint before it")
    func gap() throws {
        try ScriptedLab.with { lab in
            try lab.submit()
            let work = try lab.begin()
            try work.train(1...2)
            try work.train(4...5)
            try work.complete()
            try lab.sync()
            #expect(try lab.lab.epochs(of: lab.runs[0]).map(\.epoch) == [1, 2])
            #expect(try lab.state() == .queued && lab.lab.checkpoints(of: lab.runs[0]).map(\.epoch) == [2])
            lab.pass(seconds: 10)
            try lab.sync()
            let bundle = try RunBundle.read(SharedFolder(lab.bundle()), "", path: "")
            #expect(bundle.attempt == 2 && bundle.checkpoints.map(\.epoch) == [2])
        }
    }

    @Test("leaves a checkpoint that is not there yet or not whole, and a line that is still written")
    func torn() throws {
        try ScriptedLab.with { lab in
            try lab.submit()
            let work = try lab.begin()
            try work.train(1...1)
            try work.append(JournalLine(epoch: .of(2)))
            try work.append(
                JournalLine(
                    checkpoint: .init(epoch: 2, batch: 0, file: "e2-b0.safetensors", bytes: 3, digest: "another", kept: false)))
            try Data("torn".utf8).write(to: work.folder.appending(path: "e2-b0.safetensors"))
            let journal = work.folder.appending(path: RunBundle.journal), line = try JournalLine(epoch: .of(3)).encoded()
            let handle = try FileHandle(forWritingTo: journal)
            try handle.seekToEnd()
            try handle.write(contentsOf: line.prefix(line.count - 5))
            try lab.sync()
            #expect(try lab.lab.epochs(of: lab.runs[0]).map(\.epoch) == [1, 2])
            #expect(try lab.lab.checkpoints(of: lab.runs[0]).map(\.epoch) == [1])
            try handle.write(contentsOf: line.suffix(5))
            try lab.sync()
            #expect(try lab.lab.epochs(of: lab.runs[0]).map(\.epoch) == [1, 2, 3])
        }
    }

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
            _ = try lab.lab.assign([lab.runs[0]], to: "scripted", settings: #"{"partition":"gpu"}"#)
            try lab.submit([lab.runs[1]])
            #expect(Set(lab.engine.state.withLock { $0.submitted.map(\.settings.partition) }) == ["gpu", nil])
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
