import Testing

@testable import Lab

@Suite("The end of an attempt") struct FinishTests {
    private let temporary: TemporaryLab
    private var lab: Lab { temporary.lab }

    init() throws { temporary = try TemporaryLab() }

    @Test("a completed run has its final figures, and its attempt an end")
    func completed() throws {
        let claim = try temporary.claimed()
        #expect(try lab.complete(claim) == .completed)
        #expect(try temporary.summary(claim.run).final == .sample)
        let attempt = try lab.attempts(of: claim.run)[0]
        #expect(attempt.outcome == "completed" && attempt.endedAt == temporary.time.clock.now())
        #expect(try temporary.history(claim.run) == ["submitted", "started", "ended"])
    }

    @Test("a run that was extended while it ended goes back to the queue, without final figures")
    func extended() throws {
        let claim = try temporary.claimed()
        try temporary.submit(epochs: 4)
        #expect(try lab.complete(claim) == .queued)
        #expect(try temporary.summary(claim.run).final == nil)
        #expect(try lab.attempts(of: claim.run)[0].outcome == "extended")
        #expect(try temporary.claim()?.settings.epochs == 4)
    }

    @Test("extending a completed run clears its final figures")
    func cleared() throws {
        let id = try temporary.bring(to: .completed)
        try temporary.submit(epochs: 4)
        #expect(try temporary.summary(id).final == nil && temporary.state(id) == .queued)
    }

    @Test("a training that ends before its last epoch has failed, and does not come back for ever")
    func tooEarly() throws {
        try temporary.submit()
        for expected in [RunState.queued, .queued, .failed] {
            #expect(try lab.finish(temporary.taken(), .completed(.sample)) == expected)
        }
    }

    @Test("three attempts may fail, then the run stays failed with its error; a retry begins anew")
    func failures() throws {
        let id = try temporary.submit()[0]
        for round in 0...1 {
            for failure in 1...Lab.attemptsAllowed {
                let claim = try temporary.taken()
                #expect(claim.attempt == round * Lab.attemptsAllowed + failure)
                #expect(try temporary.summary(id).error == nil)
                let state = try lab.finish(claim, .failed("broken \(failure)"))
                #expect(state == (failure == Lab.attemptsAllowed ? .failed : .queued))
                #expect(try temporary.summary(id).error == "broken \(failure)")
            }
            #expect(try temporary.claim() == nil)
            #expect(try lab.command(.retry, runs: [id]).map(\.transition) == [.to(.queued)])
            #expect(try temporary.summary(id).error == nil)
        }
    }

    @Test("an attempt whose worker stopped or died is no failure")
    func released() throws {
        try temporary.submit()
        for _ in 1...5 { #expect(try lab.finish(temporary.taken(), .released("worker stopped")) == .queued) }
        for _ in 1...5 {
            _ = try temporary.claim(.exited())
            #expect(try lab.releaseAbandoned() == 1)
        }
        #expect(try lab.finish(temporary.taken(), .failed("broken")) == .queued)
    }

    @Test("a diverged run keeps its error and is not tried again by itself")
    func diverged() throws {
        let claim = try temporary.claimed()
        #expect(try lab.finish(claim, .diverged("not finite in epoch 1")) == .diverged)
        #expect(try temporary.summary(claim.run).error == "not finite in epoch 1")
        #expect(try temporary.claim() == nil)
    }

    @Test("a run that stopped as it was asked is where it was asked to be", arguments: RunRequest.allCases)
    func stopped(request: RunRequest) throws {
        let claim = try temporary.claimed()
        _ = try lab.command(request == .pause ? .pause : .cancel, runs: [claim.run])
        #expect(try lab.finish(claim, .stopped(request)) == (request == .pause ? .paused : .cancelled))
        #expect(try temporary.summary(claim.run).request == nil)
    }

    @Test("of two requests the later counts")
    func lastWord() throws {
        let claim = try temporary.claimed()
        _ = try lab.command(.pause, runs: [claim.run])
        _ = try lab.command(.cancel, runs: [claim.run])
        #expect(try lab.finish(claim, .stopped(.pause)) == .cancelled)
    }

    @Test("a request is not forgotten when the attempt ends in another way", arguments: RunRequest.allCases, 0...2)
    func notForgotten(request: RunRequest, way: Int) throws {
        let claim = try temporary.claimed()
        _ = try lab.command(request == .pause ? .pause : .cancel, runs: [claim.run])
        let expected: RunState = request == .pause ? .paused : .cancelled
        switch way {
        case 0: #expect(try lab.finish(claim, .released("worker stopped")) == expected)
        case 1: #expect(try lab.finish(claim, .failed("broken")) == expected)
        default:
            try temporary.submit(epochs: 5)
            // The extension is cancelled: the run has the length that it was completed at.
            #expect(try lab.complete(claim) == (request == .pause ? .paused : .completed))
        }
        #expect(try temporary.summary(claim.run).request == nil)
        #expect(try temporary.claim() == nil)
    }

    @Test("a run that completes before it can do what it was asked is completed", arguments: RunRequest.allCases)
    func tooLate(request: RunRequest) throws {
        let claim = try temporary.claimed()
        _ = try lab.command(request == .pause ? .pause : .cancel, runs: [claim.run])
        #expect(try lab.complete(claim) == .completed)
    }
}
