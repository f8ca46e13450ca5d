import Specs
import Testing

@testable import Lab

@Suite("Submitting") struct SubmissionTests {
    private let temporary: TemporaryLab
    private var lab: Lab { temporary.lab }

    init() throws { temporary = try TemporaryLab() }

    private func submit(_ settings: Settings..., as name: String = "test", digest: String = "digest") throws
        -> [SubmissionOutcome]
    {
        let runs = settings.map { RunToSubmit($0, datasetDigest: digest) }
        return try lab.submit(experiment: name, description: nil, runs: runs).map(\.outcome)
    }

    private func only() throws -> RunSummary {
        let runs = try lab.runs()
        try #require(runs.count == 1)
        return runs[0]
    }

    @Test("submitting a run again finds it and changes nothing")
    func again() throws {
        #expect(try submit(.tiny()) == [.queued])
        let before = try lab.contents()
        #expect(try submit(.tiny()) == [.found(.queued)])
        #expect(try lab.contents() == before)
        try lab.complete(temporary.taken())
        #expect(try submit(.tiny()) == [.found(.completed)])
        #expect(try temporary.claim() == nil)
    }

    @Test("submitting a run again takes what is no part of its identity: the checkpoints to be kept, a priority that is given")
    func latest() throws {
        let runs = { (every: Int?) in [RunToSubmit(.tiny(checkpointEvery: every), datasetDigest: "digest")] }
        _ = try lab.submit(experiment: "test", description: nil, runs: runs(nil), priority: 3)
        _ = try lab.submit(experiment: "test", description: nil, runs: runs(2))
        #expect(try only().settings.checkpointEvery == 2 && only().priority == 3)
        _ = try lab.submit(experiment: "test", description: nil, runs: runs(2), priority: -1)
        #expect(try only().priority == -1)
    }

    @Test("submitting a run again mends settings that were damaged")
    func mends() throws {
        _ = try submit(.tiny())
        try lab.database.write { try $0.execute(sql: "UPDATE runs SET settings = '{'") }
        #expect(try submit(.tiny()) == [.found(.queued)])
        #expect(try only().settings == .tiny())
    }

    @Test("the same settings over other data are another run")
    func otherData() throws {
        #expect(try submit(.tiny()) == [.queued])
        #expect(try submit(.tiny(), digest: "another") == [.queued])
        #expect(try lab.stateCounts() == [.queued: 2])
    }

    @Test("more epochs extend a run where it is", arguments: RunState.allCases)
    func extends(state: RunState) throws {
        try temporary.bring(to: state)
        #expect(try submit(.tiny(epochs: 8)) == [.extended(from: 3, state == .completed ? .queued : state)])
        let run = try only()
        #expect(run.state == (state == .completed ? .queued : state))
        #expect(run.epochs == 8 && run.settings.epochs == 8 && run.final == nil)
        #expect(try lab.events(of: run.id).last?.detail == "from 3 to 8 epochs")
        #expect(try submit(.tiny(epochs: 8)) == [.found(run.state)])
    }

    @Test("a completed run that is extended keeps its epochs and takes the rest")
    func goesOn() throws {
        try temporary.bring(to: .completed)
        _ = try submit(.tiny(epochs: 5))
        let claim = try temporary.taken()
        #expect(claim.attempt == 2 && claim.settings.epochs == 5)
        #expect(try only().epoch == 3)
        try lab.record(epochs: 4...5, of: claim)
        #expect(try lab.finish(claim, .completed(.sample)) == .completed)
        #expect(try lab.epochs(of: claim.run).map(\.epoch) == [1, 2, 3, 4, 5])
    }

    @Test("of runs that differ in length alone the longest is queued, in whatever order they come")
    func lengths() throws {
        #expect(
            try submit(.tiny(epochs: 2), .tiny(epochs: 7), .tiny(epochs: 4), .tiny(epochs: 7))
                == [.found(.queued), .queued, .found(.queued), .found(.queued)])
        #expect(try only().epochs == 7)
        #expect(try temporary.history(only().id) == ["submitted"])
        #expect(try submit(.tiny(epochs: 9), .tiny(epochs: 8)) == [.extended(from: 7, .queued), .found(.queued)])
        #expect(try submit(.tiny(epochs: 1), .tiny(epochs: 2)) == [.found(.queued), .shortened(from: 9, to: 2, .queued)])
        #expect(try only().epochs == 2)
    }

    @Test("under a cosine another length is another run")
    func cosine() throws {
        #expect(try submit(.tiny(epochs: 2, schedule: .cosine), .tiny(epochs: 4, schedule: .cosine)) == [.queued, .queued])
        #expect(try lab.runs().map(\.epochs) == [2, 4])
    }

    @Test("an error queues none of the runs and makes no experiment, and is in nobody's way afterwards")
    func allOrNothing() throws {
        let before = try lab.contents()
        #expect(throws: (any Error).self) { try submit(.tiny(), .tiny(seed: 2, epochs: 0)) }
        #expect(try lab.contents() == before)
        #expect(try submit(.tiny(), .tiny(seed: 2)) == [.queued, .queued])
    }

    @Test("runs are claimed by priority, then in order of submission")
    func order() throws {
        let low = try temporary.submit(seeds: 1...2)
        let high = try temporary.submit(seeds: 3...4, priority: 5)
        let negative = try temporary.submit(seeds: 5...5, priority: -1)
        let later = try temporary.submit(seeds: 6...6)
        #expect(try (1...6).map { _ in try temporary.claim()?.run } == high + low + later + negative)
    }

    @Test("a run belongs to every experiment that named it, and an experiment keeps what it had")
    func experiments() throws {
        _ = try submit(.tiny(), as: "one")
        _ = try submit(.tiny(), .tiny(seed: 2), as: "two")
        _ = try submit(.tiny(seed: 3), as: "one")
        #expect(try lab.runs().map(\.experiments) == [["one", "two"], ["two"], ["one"]])
        #expect(try lab.runs(RunFilter(experiment: "one")).map(\.settings.seed) == [1, 3])
    }

    @Test("tags add up, each once, whatever they hold")
    func tags() throws {
        let run = [RunToSubmit(.tiny(), datasetDigest: "digest")]
        for tags in [["b", "a"], ["b", "two\nlines, \"quoted\""], []] {
            _ = try lab.submit(experiment: "test", description: nil, runs: run, tags: tags)
        }
        #expect(try only().tags == ["a", "b", "two\nlines, \"quoted\""])
    }
}
