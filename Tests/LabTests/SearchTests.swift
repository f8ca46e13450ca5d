import Foundation
import Specs
import Testing

@testable import Lab

@Suite("Trials of a search") struct SearchTests {
    private let temporary: TemporaryLab
    private var lab: Lab { temporary.lab }

    init() throws { temporary = try TemporaryLab() }

    /// A search of so many trials over the rank, with rungs at epochs 1 and 2 of 4.
    private func search(_ trials: Int, name: String = "search", rungs: String = "[1, 2]") throws -> ExperimentToSubmit {
        let text = """
            {"name": "\(name)", "architecture": "linearnet", "linear": "low_rank", "dataset": "shapes", "widths": [4], "epochs": 4,
             "train_samples": 8, "test_samples": 4, "validation_samples": 10,
             "search": {"trials": \(trials), "space": {"d": {"from": 1, "to": 512}}, "halving": {"rungs": \(rungs)}}}
            """
        let experiment = try Experiment.decode(text.utf8, file: "t")
        return ExperimentToSubmit(
            experiment.name, description: nil, runs: experiment.runs.map { RunToSubmit($0, datasetDigest: "digest") },
            search: experiment.search)
    }

    @discardableResult
    private func submit(_ trials: Int, name: String = "search", rungs: String = "[1, 2]") throws -> [String] {
        try lab.submit([search(trials, name: name, rungs: rungs)])[0].map(\.id)
    }

    private func row(_ epoch: Int, _ accuracy: Double) -> EpochRow {
        EpochRow(epoch: epoch, loss: 1, trainAccuracy: 0.5, testAccuracy: 0.9, seconds: 1, validationAccuracy: accuracy)
    }

    /// Trains what is claimed next as a worker would. The accuracy of a trial is that of its place in `order`.
    @discardableResult
    private func trainNext(_ order: [String]) throws -> String? {
        guard let claim = try temporary.claim() else { return nil }
        let accuracy = 0.9 - Double(try #require(order.firstIndex(of: claim.run))) / 100
        let end = claim.until ?? claim.settings.epochs
        for epoch in (try temporary.summary(claim.run).epoch + 1)..<(end + 1) {
            try lab.record(row(epoch, accuracy), run: claim.run, attempt: claim.attempt)
        }
        try lab.finish(claim, claim.until == nil ? .completed(.sample) : .reachedRung)
        return claim.run
    }

    private func states(_ ids: [String]) throws -> [RunState] { try ids.map { try temporary.state($0) } }

    @Test("train to their rung, wait there, and go on or stop as soon as that is certain")
    func rungs() throws {
        let ids = try submit(9)
        // The worst first: nothing is certain until three are better.
        let order = Array(ids.reversed())
        for _ in 0..<3 { try trainNext(order) }
        #expect(try states(Array(ids.prefix(3))) == [.waiting, .waiting, .waiting])
        for _ in 0..<3 { try trainNext(order) }
        #expect(try states(Array(ids.prefix(6))) == [.pruned, .pruned, .pruned, .waiting, .waiting, .waiting])
        while try trainNext(order) != nil {}
        #expect(try states(ids) == Array(repeating: .pruned, count: 8) + [.completed])
        #expect(try ids.map { try temporary.summary($0).epoch } == [1, 1, 1, 1, 1, 1, 2, 2, 4])
        #expect(
            try temporary.history(ids[8]) == [
                "submitted", "started", "promoted", "ended", "started", "promoted", "ended", "started", "ended",
            ])
        #expect(try lab.events(of: ids[7]).last?.detail == "at epoch 2: not among the best 1 of 3 after epoch 2")
        #expect(try lab.damage().isEmpty)
    }

    @Test("that diverge or fail rank last: the others do not wait for them")
    func out() throws {
        let ids = try submit(3)
        for end in [AttemptOutcome.diverged("not finite"), .diverged("not finite")] {
            let claim = try temporary.taken()
            try lab.finish(claim, end)
        }
        try trainNext(ids)
        #expect(try temporary.state(ids[2]) == .queued)
        while try trainNext(ids) != nil {}
        #expect(try states(ids) == [.diverged, .diverged, .completed])
    }

    @Test("that are cancelled or removed are not waited for either")
    func gone() throws {
        let ids = try submit(3)
        try trainNext(ids)
        #expect(try temporary.state(ids[0]) == .waiting)
        _ = try lab.command(.cancel, runs: [ids[1]])
        #expect(try temporary.state(ids[0]) == .waiting)
        _ = try lab.remove(runs: [ids[2]])
        #expect(try temporary.state(ids[0]) == .queued)
        _ = try lab.remove(runs: Array(ids.prefix(2)))
        #expect(try lab.damage().isEmpty && lab.contents().allSatisfy { !$0.hasPrefix("experiments:") })
        try submit(3)
        #expect(try lab.stateCounts() == [.queued: 3])
    }

    @Test("are trained in full where an experiment that is no search has them, or a person resumes them")
    func inFull() throws {
        let ids = try submit(9), order = ids
        while try trainNext(order) != nil {}
        #expect(try states(ids) == [.completed] + Array(repeating: .pruned, count: 8))
        _ = try lab.command(.resume, runs: [ids[8]])
        let settings = try temporary.summary(ids[7]).settings
        _ = try lab.submit(experiment: "plain", description: nil, runs: [RunToSubmit(settings, datasetDigest: "digest")])
        #expect(try states(Array(ids.suffix(2))) == [.queued, .queued])
        while try trainNext(order) != nil {}
        #expect(try states(Array(ids.suffix(2))) == [.completed, .completed])
        // What they reached does not count: the search had decided.
        #expect(try states(Array(ids[1...6])) == Array(repeating: .pruned, count: 6))
    }

    @Test("of a search with more trials than before keep their numbers, and rank as if all had been there from the start")
    func more() throws {
        let few = try submit(3)
        let all = try submit(9).prefix(9)
        #expect(Array(all.prefix(3)) == few)
        let temporary = try TemporaryLab(), whole = try temporary.lab.submit([search(9)])[0].map(\.id)
        #expect(Array(all) == whole)
        // Promoted among three, and not among the best of nine: it stops at its next rung.
        let order = Array(all.reversed())
        for _ in 0..<3 { try trainNext(order) }
        while try trainNext(order) != nil {}
        #expect(try self.temporary.state(all[8]) == .completed && states(Array(all.prefix(8))).allSatisfy { $0 == .pruned })
    }

    @Test("that were promoted before more were submitted stay promoted to their next rung")
    func earlier() throws {
        let few = try submit(3)
        for _ in 0..<3 { try trainNext(Array(few.reversed())) }
        #expect(try temporary.state(few[2]) == .queued)
        let all = try submit(9)
        while try trainNext(Array(all.reversed())) != nil {}
        #expect(try temporary.summary(few[2]).epoch == 2 && temporary.state(few[2]) == .pruned)
        #expect(try temporary.state(all[8]) == .completed)
    }

    @Test("are refused under the name of another search, or of runs that are none, and fewer of them too")
    func refused() throws {
        try submit(9)
        #expect(throws: LabError.otherSearch(experiment: "search", isSearch: true)) { try submit(9, rungs: "[1, 3]") }
        #expect(throws: LabError.fewerTrials(experiment: "search", there: 9, asked: 3)) { try submit(3) }
        let plain = [RunToSubmit(.tiny(), datasetDigest: "digest")]
        #expect(throws: LabError.otherSearch(experiment: "search", isSearch: true)) {
            try lab.submit(experiment: "search", description: nil, runs: plain)
        }
        _ = try lab.submit(experiment: "plain", description: nil, runs: plain)
        #expect(throws: LabError.otherSearch(experiment: "plain", isSearch: false)) { try submit(9, name: "plain") }
        #expect(try lab.stateCounts() == [.queued: 10])
    }

    @Test("that are paused at a rung go on from there, or stop, when they are resumed")
    func paused() throws {
        let ids = try submit(3)
        try trainNext(ids)
        _ = try lab.command(.pause, runs: [ids[0]])
        for _ in 0..<2 { try trainNext(ids) }
        #expect(try states(ids) == [.paused, .pruned, .pruned])
        _ = try lab.command(.resume, runs: [ids[0]])
        while try trainNext(ids) != nil {}
        #expect(try temporary.state(ids[0]) == .completed)
    }

    @Test("that are asked to pause while they train to a rung at which they are pruned are pruned")
    func pausedWhenPruned() throws {
        let ids = try submit(3)
        for _ in 0..<2 { try trainNext(ids) }
        let claim = try temporary.taken()
        _ = try lab.command(.pause, runs: [claim.run])
        try lab.record(row(1, 0.1), run: claim.run, attempt: claim.attempt)
        #expect(try lab.finish(.reachedRung, run: claim.run, attempt: claim.attempt) == .pruned)
        while try trainNext(ids) != nil {}
        #expect(try states(ids) == [.completed, .pruned, .pruned])
    }

    @Test("do not wait for one that trains past its rung without a stop, because a plain experiment has it")
    func passing() throws {
        let ids = try submit(3), order = ids
        let settings = try temporary.summary(ids[2]).settings
        _ = try lab.submit(experiment: "plain", description: nil, runs: [RunToSubmit(settings, datasetDigest: "digest")])
        while try trainNext(order) != nil {}
        #expect(try states(ids) == [.completed, .pruned, .completed])
    }

    @Test("that leave a plain experiment stop at their next rung again")
    func leaving() throws {
        let ids = try submit(3)
        let settings = try temporary.summary(ids[2]).settings
        _ = try lab.submit(experiment: "plain", description: nil, runs: [RunToSubmit(settings, datasetDigest: "digest")])
        #expect(try lab.remove(runs: [ids[2]], from: "plain").left == [ids[2]])
        while try trainNext(ids) != nil {}
        #expect(try states(ids) == [.completed, .pruned, .pruned])
        #expect(try temporary.summary(ids[2]).epoch == 1)
    }

    @Test("that were stopped rank as they did then, however they end where they are trained on")
    func trainedOn() throws {
        let ids = try submit(3)
        while try trainNext(ids) != nil {}
        let before = try #require(try lab.search("search")).ranked.map(\.number)
        _ = try lab.command(.resume, runs: [ids[2]])
        // At the end, it is the best of all.
        let claim = try temporary.taken()
        for epoch in 2...4 { try lab.record(row(epoch, 0.99), run: claim.run, attempt: claim.attempt) }
        try lab.finish(claim, .completed(.sample))
        let search = try #require(try lab.search("search"))
        #expect(search.ranked.map(\.number) == before && before.first == 1)
        #expect(search.trials[2].accuracies.count { $0 != nil } == 1)
    }

    @Test("are told without their test accuracies, until a plain experiment has the run too")
    func testAccuracies() throws {
        let ids = try submit(2, rungs: "[1]")
        let watch = try LabWatch(lab)
        _ = try watch.look()
        try trainNext(ids)
        let news = try #require(try watch.look())
        #expect(news.epochs.values.joined().allSatisfy { $0.testAccuracy == nil && $0.validationAccuracy != nil })
        while try trainNext(ids) != nil {}
        let best = try temporary.summary(ids[0])
        #expect(best.isTrial && best.state == .completed && best.latest?.testAccuracy == nil && best.final?.testAccuracy == nil)
        #expect(best.completions.allSatisfy { $0.figures.testAccuracy == nil })
        #expect(try lab.epochs(of: ids[0]).allSatisfy { $0.testAccuracy == nil && $0.validationAccuracy != nil })
        // Verification compares them.
        #expect(try lab.epochs(of: ids[0], tellsTests: true).allSatisfy { $0.testAccuracy == 0.9 })
        _ = try lab.submit([
            ExperimentToSubmit("plain", description: nil, runs: [RunToSubmit(best.settings, datasetDigest: "digest")])
        ])
        let plain = try temporary.summary(ids[0])
        #expect(
            !plain.isTrial && plain.latest?.testAccuracy == 0.9 && plain.final?.testAccuracy == FinalFigures.sample.testAccuracy)
        #expect(try lab.epochs(of: ids[0]).allSatisfy { $0.testAccuracy == 0.9 })
    }
}
