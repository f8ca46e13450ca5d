import Specs
import Testing

@testable import Lab

@Suite("The length of a run") struct LengthTests {
    private let temporary: TemporaryLab
    private var lab: Lab { temporary.lab }

    init() throws { temporary = try TemporaryLab() }

    @discardableResult
    private func submit(_ epochs: Int, as name: String = "test") throws -> SubmissionOutcome {
        let run = RunToSubmit(.tiny(epochs: epochs), datasetDigest: "digest")
        return try lab.submit(experiment: name, description: nil, runs: [run])[0].outcome
    }

    private func only() throws -> RunSummary {
        let runs = try lab.runs()
        try #require(runs.count == 1)
        #expect(runs[0].settings.epochs == runs[0].epochs)
        #expect(try lab.damage().isEmpty)
        return runs[0]
    }

    /// Completes a run of three epochs, extends it to 35, and trains it up to an epoch.
    @discardableResult
    private func extended(trainedTo epoch: Int = 5) throws -> Claim {
        try submit(3)
        try lab.complete(temporary.taken())
        #expect(try submit(35) == .extended(from: 3, .queued))
        let claim = try temporary.taken()
        if epoch > 3 { try lab.record(epochs: 4...epoch, of: claim) }
        return claim
    }

    @Test("a typing error in the epochs of a queued run is mended by the corrected spec")
    func typingError() throws {
        try submit(35_000)
        #expect(try submit(350) == .shortened(from: 35_000, to: 350, .queued))
        #expect(try only().epochs == 350)
        #expect(try temporary.taken().settings.epochs == 350)
    }

    @Test(
        "the corrected spec takes effect in every state in which the run is not completed, and changes nothing else",
        arguments: RunState.allCases.filter { $0 != .completed })
    func everyState(state: RunState) throws {
        let id = try temporary.bring(to: state)
        try submit(35_000)
        #expect(try submit(350) == .shortened(from: 35_000, to: 350, state))
        #expect(try only().state == state && only().epochs == 350)
        #expect(try lab.events(of: id).last?.kind == "shortened")
    }

    @Test("it is never shorter than what is trained")
    func trained() throws {
        try submit(35)
        let claim = try temporary.taken()
        try lab.record(epochs: 1...8, of: claim)
        try lab.finish(claim, .released("stopped"))
        #expect(try submit(5) == .shortened(from: 35, to: 8, .queued))
        #expect(try submit(5) == .longer(epochs: 8, .queued))
        #expect(try temporary.taken().settings.epochs == 8)
    }

    @Test("a worker that trains it learns that fewer epochs are wanted, and the run goes back to the queue")
    func atWork() throws {
        try submit(35)
        let claim = try temporary.taken()
        #expect(try lab.requests([(claim.run, claim.attempt)]) == [.goOn])
        try submit(5)
        #expect(try lab.requests([(claim.run, claim.attempt)]) == [.shortened])
        #expect(try lab.finish(claim, .released("fewer epochs are wanted")) == .queued)
        let next = try temporary.taken()
        #expect(next.settings.epochs == 5)
        #expect(try lab.requests([(next.run, next.attempt)]) == [.goOn])
    }

    @Test("a worker that has trained all epochs before it learns of it completes the run with these")
    func tooLate() throws {
        try submit(6)
        let claim = try temporary.taken()
        try lab.record(epochs: 1...5, of: claim)
        try submit(5)
        try lab.record(epochs: 6...6, of: claim)
        #expect(try lab.finish(claim, .completed(.sample)) == .completed)
        #expect(try only().epochs == 6 && only().epoch == 6)
    }

    @Test("is the longest that any experiment wishes: none shortens the run of another")
    func wishes() throws {
        try submit(3, as: "short")
        #expect(try submit(9, as: "long") == .extended(from: 3, .queued))
        #expect(try submit(2, as: "short") == .longer(epochs: 9, .queued))
        #expect(try submit(5, as: "long") == .shortened(from: 9, to: 5, .queued))
        #expect(try submit(1, as: "long") == .shortened(from: 5, to: 2, .queued))
        #expect(try only().epochs == 2)
    }

    @Test("a completed run stays as long as it is")
    func completed() throws {
        try temporary.bring(to: .completed)
        #expect(try submit(2) == .longer(epochs: 3, .completed))
        #expect(try only().epochs == 3 && only().state == .completed)
    }

    @Test("a completed run keeps its figures while an extension waits and trains, and has both when that has ended")
    func completions() throws {
        let claim = try extended()
        let first = Completion(epochs: 3, figures: .sample, loss: 1.5)
        #expect(try only().completions == [first] && only().final == nil)
        try lab.record(epochs: 6...35, of: claim)
        let figures = FinalFigures(trainAccuracy: 0.9, testAccuracy: 0.8, weightsSHA256: "def")
        #expect(try lab.finish(claim, .completed(figures)) == .completed)
        #expect(
            try only().completions == [first, Completion(epochs: 35, figures: figures, loss: 1.5)] && only().final == figures)
    }

    @Test("a completed run's figures stay to the last digit when it is extended")
    func digits() throws {
        try submit(3)
        let claim = try temporary.taken(), third = 1.0 / 3
        for epoch in 1...3 {
            try lab.record(
                EpochRow(epoch: epoch, loss: 1.0804160200059414, trainAccuracy: third, testAccuracy: third, seconds: 1),
                run: claim.run, attempt: claim.attempt)
        }
        let figures = FinalFigures(trainAccuracy: 0.16666666666666666, testAccuracy: 0.13333333333333333, weightsSHA256: "abc")
        try lab.finish(claim, .completed(figures))
        try submit(9)
        #expect(try only().completions == [Completion(epochs: 3, figures: figures, loss: 1.0804160200059414)])
    }

    @Test("the weights of a completed run stay when it is extended: their checkpoint makes room for no other")
    func weights() throws {
        try submit(3)
        let claim = try temporary.taken()
        try lab.record(epochs: 1...3, of: claim)
        _ = try lab.record(CheckpointRecord.sample(3), run: claim.run, attempt: claim.attempt)
        try lab.finish(claim, .completed(.sample))
        try submit(35)
        let next = try temporary.taken()
        try lab.record(epochs: 4...10, of: next)
        for epoch in 4...10 { _ = try lab.record(CheckpointRecord.sample(epoch), run: next.run, attempt: next.attempt) }
        #expect(try lab.checkpoints(of: next.run).map(\.epoch) == [10, 9, 3])
        try lab.finish(next, .released("stopped"))
        _ = try lab.command(.cancel, runs: [next.run])
        #expect(try lab.checkpoints(of: only()).map(\.epoch) == [3])
    }

    /// What is done to a run that was extended by mistake.
    enum Cure: CaseIterable { case cancel, correctedSpec }

    @Test(
        "a completed run that was extended by mistake is completed again at its old length: cancelled, or by the corrected spec",
        arguments: Cure.allCases, RunState.allCases.filter { $0 != .completed })
    func cured(cure: Cure, state: RunState) throws {
        let claim = try extended()
        switch state {
        case .queued: try lab.finish(claim, .released("stopped"))
        case .paused:
            try lab.finish(claim, .released("stopped"))
            _ = try lab.command(.pause, runs: [claim.run])
        case .failed:
            try lab.finish(claim, .failed("broken"))
            for _ in 2...Lab.attemptsAllowed { try lab.finish(temporary.taken(), .failed("broken")) }
        case .diverged: try lab.finish(claim, .diverged("not finite"))
        case .cancelled:
            try lab.finish(claim, .released("stopped"))
            // A lab of an older version.
            try lab.database.write { try $0.execute(sql: "UPDATE runs SET state = 'cancelled'") }
        case .waiting, .pruned:
            try lab.finish(claim, .released("stopped"))
            try lab.database.write { try $0.execute(sql: "UPDATE runs SET state = ?", arguments: [state]) }
        case .running, .completed: break
        }
        #expect(try only().state == state)
        switch cure {
        case .cancel: _ = try lab.command(.cancel, runs: [claim.run])
        case .correctedSpec: #expect(try submit(3) == .shortened(from: 35, to: 3, state == .running ? .running : .completed))
        }
        if state == .running {
            let answer: Lab.LeaseAnswer = cure == .cancel ? .asked(.cancel) : .shortened
            #expect(try lab.requests([(claim.run, claim.attempt)]) == [answer])
            #expect(try lab.finish(claim, cure == .cancel ? .stopped(.cancel) : .released("shortened")) == .completed)
        }
        let run = try only()
        #expect(run.state == .completed && run.epochs == 3 && run.epoch == 3 && run.final == .sample)
        #expect(try lab.epochs(of: run.id).map(\.epoch) == [1, 2, 3])
        // The epochs beyond are not lost: a later extension goes on from them.
        #expect(try submit(7) == .extended(from: 3, .queued))
        #expect(try only().epoch == 5 && lab.epochs(of: run.id).count == 5)
    }

    @Test("epochs that were trained beyond it lengthen no run: neither the same spec again nor another extension counts them")
    func trainedBeyond() throws {
        try lab.finish(extended(trainedTo: 9), .released("stopped"))
        #expect(try submit(3) == .shortened(from: 35, to: 3, .completed))
        #expect(try submit(4) == .extended(from: 3, .queued))
        #expect(try submit(4) == .found(.queued))
        #expect(try submit(6) == .extended(from: 4, .queued))
        #expect(try temporary.taken().settings.epochs == 6)
    }

    @Test("it stays when the worker trains more before it learns of it, and the same spec is submitted again")
    func trainedMeanwhile() throws {
        try submit(35)
        let claim = try temporary.taken()
        try lab.record(epochs: 1...4, of: claim)
        #expect(try submit(3) == .shortened(from: 35, to: 4, .running))
        try lab.record(epochs: 5...6, of: claim)
        try lab.finish(claim, .released("fewer epochs are wanted"))
        #expect(try submit(3) == .longer(epochs: 4, .queued))
        #expect(try temporary.taken().settings.epochs == 4)
    }

    @Test("a worker that dies with an extension that is not wanted any more leaves the run completed")
    func dead() throws {
        try submit(3)
        try lab.complete(temporary.taken())
        try submit(35)
        let claim = try temporary.taken(.exited())
        try submit(3)
        #expect(try lab.releaseAbandoned() == 1)
        #expect(try temporary.state(claim.run) == .completed)
    }

    @Test("a cancelled extension is cancelled for good: another experiment with the old length does not bring it back")
    func forGood() throws {
        let claim = try extended()
        try lab.finish(claim, .released("stopped"))
        _ = try lab.command(.cancel, runs: [claim.run])
        #expect(try submit(3, as: "other") == .found(.completed))
        #expect(try submit(35) == .extended(from: 3, .queued))
    }

    @Test("a run that was extended while it was trained has its figures at the first length too")
    func whileTrained() throws {
        try submit(3)
        let claim = try temporary.taken()
        try submit(5)
        #expect(try lab.complete(claim) == .queued)
        #expect(try only().completions.map(\.epochs) == [3])
    }
}
