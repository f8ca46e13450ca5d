import Specs
import Testing

@testable import Lab

@Suite("The news of a lab") struct NewsTests {
    private let temporary: TemporaryLab
    private var lab: Lab { temporary.lab }

    init() throws { temporary = try TemporaryLab() }

    /// The news of the next look; nothing where nothing was written.
    private func look(_ watch: LabWatch) throws -> LabNews { try watch.look() ?? LabNews() }

    @Test("what was there before is not news, and without a write nothing is read")
    func before() throws {
        let claim = try temporary.claimed(epochs: 5)
        try lab.record(epochs: 1...2, of: claim)
        let watch = try LabWatch(lab)
        let first = try look(watch)
        #expect(first.epochs.isEmpty && first.runs.isEmpty && first.counts == [.running: 1])
        #expect(try watch.look() == nil)
    }

    @Test("new epochs are told once, with their run, by whatever process they were written")
    func epochs() throws {
        let claim = try temporary.claimed(epochs: 9), watch = try LabWatch(lab)
        _ = try watch.look()
        try temporary.another().record(epochs: 1...2, of: claim)
        #expect(try look(watch).epochs.mapValues { $0.map(\.epoch) } == [claim.run: [1, 2]])
        try lab.record(epochs: 3...3, of: claim)
        let news = try look(watch)
        #expect(news.epochs.mapValues { $0.map(\.epoch) } == [claim.run: [3]] && news.runs.isEmpty && !news.isListChanged)
        // The last epochs of a run that has ended meanwhile are told too.
        try lab.record(epochs: 4...9, of: claim)
        try lab.finish(claim, .completed(.sample))
        let last = try look(watch)
        #expect(last.epochs[claim.run]?.map(\.epoch) == Array(4...9) && last.runs == [claim.run])
        #expect(last.isListChanged && last.counts == [.completed: 1])
    }

    @Test("a submission, a removal and a changed state change the list; a note is news of its run")
    func lists() throws {
        let watch = try LabWatch(lab)
        _ = try watch.look()
        let ids = try temporary.submit(seeds: 1...2)
        var news = try look(watch)
        #expect(news.isListChanged && news.runs == Set(ids) && news.counts == [.queued: 2])
        try lab.change(RunChanges(note: "why"), runs: [ids[0]])
        news = try look(watch)
        #expect(!news.isListChanged && news.runs == [ids[0]])
        _ = try lab.command(.pause, runs: [ids[0]])
        #expect(try look(watch).isListChanged)
        _ = try lab.remove(runs: [ids[1]])
        news = try look(watch)
        #expect(news.isListChanged && news.counts == [.paused: 1])
        #expect(news.lastEvent == (try lab.lastEvent()))
    }

    @Test("where a cluster's job is and why it waits are news of its run, and so is its id, which write no event")
    func places() throws {
        let ids = try temporary.submit(seeds: 1...2)
        _ = try lab.assign([ids[0]], to: "slurm")
        _ = try lab.beginSubmission("t", engine: "slurm", nextBegin: 0, [RemoteTask(run: ids[0], task: 3, place: 0)])
        let watch = try LabWatch(lab)
        #expect(try look(watch).runs.isEmpty, "what was there before")
        try lab.submitted("t", as: "12")
        #expect(try look(watch).runs == [ids[0]])
        var seen = RemoteObservation(try #require(try lab.remoteAttempts().first))
        seen.reason = "Resources"
        try lab.observe([seen])
        #expect(try look(watch).runs == [ids[0]])
        #expect(try temporary.summary(ids[0]).remote == RemotePlace(engine: "slurm", job: "12_3", node: nil, reason: "Resources"))
        // Its count of heartbeats is not.
        seen.beat = 7
        try lab.observe([seen])
        #expect(try look(watch).isEmpty)
        let attempt = try #require(try lab.remoteAttempts().first)
        let place = RemotePlace(engine: "slurm", job: "12_3", node: "n1", reason: nil)
        try lab.start(attempt, place, arithmetic: "Zen", threads: 2, at: 0)
        #expect(try look(watch).runs == [ids[0]])
        // It stays with the attempt.
        #expect(try temporary.summary(ids[0]).remote == place)
        _ = try lab.release(attempt, reason: "preempted", isDeath: false)
        try lab.close(attempt)
        #expect(try lab.attempts(of: ids[0]).map(\.remote) == [place] && look(watch).runs == [ids[0]])
        #expect(try temporary.summary(ids[0]).remote?.job == nil)
        let claim = try temporary.taken()
        #expect(claim.run == ids[1])
        #expect(try lab.attempts(of: ids[1]).map(\.remote) == [nil], "a process of this machine")
    }

    @Test("a heartbeat is no news")
    func heartbeat() throws {
        let claim = try temporary.claimed(), watch = try LabWatch(lab)
        _ = try watch.look()
        temporary.time.pass(1000)
        try lab.renewLeases([(claim.run, claim.attempt)])
        #expect(try look(watch).isEmpty)
    }

    @Test("a limited listing in order of interest reads the queue in the order of claims")
    func interest() throws {
        let ids = try temporary.submit(seeds: 1...6)
        let urgent = try temporary.submit(seeds: 7...7, priority: 3)
        let running = try temporary.taken()
        #expect(running.run == urgent[0])
        _ = try lab.command(.pause, runs: [ids[0]])
        try lab.change(RunChanges(priority: 2), runs: [ids[5]])
        let shown = try lab.runs(RunFilter(limit: 4)).map(\.id)
        #expect(shown == [urgent[0], ids[5], ids[1], ids[2]])
        var newest = RunFilter(limit: 2)
        newest.isNewestFirst = true
        #expect(try lab.runs(newest).map(\.id) == [urgent[0], ids[5]])
        var page = RunFilter(limit: 2)
        (page.isByInterest, page.after) = (false, try temporary.summary(ids[1]).number)
        #expect(try lab.runs(page).map(\.id) == [ids[2], ids[3]])
    }
}
