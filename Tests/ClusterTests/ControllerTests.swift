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

    @Test("goes on with the other runs where one bundle cannot be read")
    func unreadableBundle() throws {
        try ScriptedLab.with(runs: 2) { lab in
            try lab.submit()
            let first = try lab.begin(0), second = try lab.begin(1, job: "2_0-0")
            try first.train(1...2)
            try second.train(1...3)
            // Nobody reads lines from a folder.
            let journal = first.folder.appending(path: RunBundle.journal), aside = first.folder.appending(path: "aside")
            try FileManager.default.moveItem(at: journal, to: aside)
            try FileManager.default.createDirectory(at: journal, withIntermediateDirectories: true)
            let trouble = try lab.sync().trouble ?? ""
            #expect(trouble.hasPrefix("cannot use ") && trouble.contains(RunBundle.journal), "\(trouble)")
            #expect(try lab.lab.epochs(of: lab.runs[1]).map(\.epoch) == [1, 2, 3])
            try FileManager.default.removeItem(at: journal)
            try FileManager.default.moveItem(at: aside, to: journal)
            #expect(try lab.sync().trouble == nil)
            #expect(try lab.lab.epochs(of: lab.runs[0]).map(\.epoch) == [1, 2])
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

    @Test("takes no end of a run before the checkpoint of its end is there, and trains the end again where it never comes")
    func lateCheckpoint() throws {
        for comes in [true, false] {
            try ScriptedLab.with { lab in
                try lab.submit()
                let work = try lab.begin(), file = work.folder.appending(path: "e5-b0.safetensors")
                try work.train(1...3)
                try work.train(4...5)
                let bytes = try Data(contentsOf: file)
                try FileManager.default.removeItem(at: file)
                try work.complete()
                lab.engine.set("1", .ended(.other("COMPLETED")), node: "n1")
                for _ in 0..<3 { try lab.sync() }
                #expect(try lab.state() == .running && lab.lab.checkpoints(of: lab.runs[0]).map(\.epoch) == [3])
                if comes { try bytes.write(to: file) }
                lab.pass(seconds: 61)
                try lab.sync()
                #expect(try lab.state() == (comes ? .completed : .queued))
                #expect(try lab.lab.checkpoints(of: lab.runs[0]).map(\.epoch) == (comes ? [5, 3] : [3]))
                guard !comes else { return }
                let next = try lab.begin(job: "2_0-0")
                #expect(next.bundle.checkpoints.map(\.epoch) == [3])
                try next.train(4...5)
                try next.complete()
                try lab.sync()
                #expect(try lab.state() == .completed)
            }
        }
    }
}
