import Foundation
import Specs
import Testing

@testable import Cluster
@testable import Lab

/// Every command on a run of a cluster, in every state, and what the run is when its process has done what it was told.
@Suite("A run of a cluster") struct CommandTableTests {
    enum Stage: CaseIterable { case waiting, running }

    enum Given: CaseIterable { case cancel, pause, resume, retry, remove, extend, shorten, giveBack }

    private static func expected(_ stage: Stage, _ given: Given) -> RunState? {
        switch (stage, given) {
        case (_, .cancel): .cancelled
        case (_, .pause): .paused
        // Nothing to do, or refused.
        case (.waiting, .resume), (.waiting, .retry), (.waiting, .extend), (.waiting, .shorten): .queued
        case (.running, .resume), (.running, .retry), (.running, .extend): .running
        // Its process stops, and the next job trains it to its new length.
        case (.running, .shorten): .queued
        case (_, .giveBack): .queued
        case (_, .remove): nil
        }
    }

    private func give(_ given: Given, _ lab: ScriptedLab) throws {
        let run = lab.runs[0]
        switch given {
        case .cancel: _ = try lab.lab.command(.cancel, runs: [run])
        case .pause: _ = try lab.lab.command(.pause, runs: [run])
        case .resume: _ = try lab.lab.command(.resume, runs: [run])
        case .retry: _ = try lab.lab.command(.retry, runs: [run])
        case .remove: _ = try lab.lab.remove(runs: [run])
        case .extend: try lab.submitAgain(epochs: 9)
        case .shorten: try lab.submitAgain(epochs: 4)
        case .giveBack: _ = try lab.lab.assign([run], to: nil)
        }
    }

    @Test("is what each command makes of it, with no job left that it should not have", arguments: Stage.allCases, Given.allCases)
    func table(_ stage: Stage, _ given: Given) throws {
        try ScriptedLab.with { lab in
            let run = lab.runs[0]
            try lab.submit()
            let bundle = try lab.bundle()
            var work: BundleWork?
            if stage == .running {
                lab.engine.set("1", .running, node: "n1")
                work = try lab.begin()
                try work?.train(1...3)
                try lab.sync()
            }
            try give(given, lab)
            try lab.sync()
            let expected = Self.expected(stage, given)
            let isStopped = ![.resume, .retry, .extend].contains(given) && !(stage == .waiting && given == .shorten)
            if let work {
                #expect(work.isStopWanted == isStopped)
                if isStopped { try work.finish(.stopped, "it was asked to stop") }
            } else if isStopped {
                // A process that starts now reads the request, and leaves it at that.
                #expect(FileManager.default.fileExists(atPath: bundle.appending(path: RunBundle.request).path))
                #expect(lab.engine.state.withLock { $0.stopped } == [JobID(job: "1", task: 0)])
                // A worker of this machine must not begin while the job may.
                let worker = WorkerIdentity(process: 1, started: 1, boot: "b", space: "s")
                #expect(try lab.lab.claim(worker: worker, arithmetic: "fused", threads: 1) == nil)
            }
            if isStopped {
                lab.engine.set("1", .ended(.cancelled))
                try lab.sync()
                lab.pass(seconds: 61)
                try lab.sync()
            }
            #expect(try lab.lab.states(of: [run])[run] == expected)
            if isStopped { #expect(!FileManager.default.fileExists(atPath: bundle.path)) }
            let live = try lab.lab.remoteAttempts()
            // The next job of a shortened run, and the job of one that goes on.
            let hasJob = !isStopped || given == .shorten
            #expect(live.count == (hasJob ? 1 : 0), "\(live)")
            if given == .giveBack {
                let worker = WorkerIdentity(process: 1, started: 1, boot: "b", space: "s")
                #expect(try lab.lab.claim(worker: worker, arithmetic: "fused", threads: 1)?.run == run)
            }
            #expect(try lab.lab.damage().isEmpty || given == .giveBack)
        }
    }

    @Test("that is paused and resumed before anything has happened keeps its job")
    func withdrawn() throws {
        try ScriptedLab.with { lab in
            try lab.submit()
            _ = try lab.lab.command(.pause, runs: lab.runs)
            _ = try lab.lab.command(.resume, runs: lab.runs)
            try lab.sync()
            #expect(try lab.lab.remoteAttempts().map(\.number) == [1])
            #expect(lab.engine.state.withLock { $0.stopped.isEmpty })
            let work = try lab.begin()
            try lab.sync()
            _ = try lab.lab.command(.pause, runs: lab.runs)
            try lab.sync()
            #expect(work.isStopWanted)
            _ = try lab.lab.command(.resume, runs: lab.runs)
            try lab.sync()
            #expect(!work.isStopWanted)
            #expect(try lab.state() == .running)
        }
    }

    @Test("that is removed and submitted again is trained anew, after the old one's job has ended")
    func removedAndBack() throws {
        try ScriptedLab.with { lab in
            try lab.submit()
            let work = try lab.begin()
            try work.train(1...3)
            try lab.sync()
            _ = try lab.lab.remove(runs: lab.runs)
            try lab.submitAgain(epochs: 5)
            try lab.submit()
            #expect(try lab.lab.remoteAttempts().map(\.number) == [1])
            try work.train(4...5)
            try work.complete()
            try lab.sync()
            #expect(try lab.lab.epochs(of: lab.runs[0]).isEmpty)
            try lab.sync()
            #expect(try lab.lab.remoteAttempts().map(\.number) == [2])
        }
    }

    @Test("that was trained in a job by hand may be begun by one process at a time")
    func busy() throws {
        try ScriptedLab.with { lab in
            try lab.submit()
            let first = try lab.begin()
            try first.begin(threads: 1, version: "1") {}
            #expect(throws: BundleWork.Refusal.self) { _ = try lab.begin(job: "2_0-0") }
            try first.train(1...5)
            try first.complete()
            #expect(throws: BundleWork.Refusal.self) { _ = try lab.begin(job: "3_0-0") }
            try lab.sync()
            #expect(try lab.state() == .completed)
        }
    }
}

extension ScriptedLab {
    /// Submits the spec again with another length.
    func submitAgain(epochs: Int) throws {
        var settings = Settings(dataset: .shapes, seed: 1)
        settings.epochs = epochs
        _ = try lab.submit([ExperimentToSubmit("a", description: nil, runs: [RunToSubmit(settings, datasetDigest: "data")])])
    }
}
