import Foundation
import ProgramUnderTest
import Specs
import Testing

@testable import Lab

@Suite("Removing runs") struct RemovalTests {
    private let temporary: TemporaryLab
    private var lab: Lab { temporary.lab }

    init() throws { temporary = try TemporaryLab() }

    private func submit(_ seeds: ClosedRange<Int>, epochs: Int = 3, as name: String) throws -> [String] {
        let runs = seeds.map { RunToSubmit(.tiny(seed: $0, epochs: epochs), datasetDigest: "digest") }
        return try lab.submit(experiment: name, description: nil, runs: runs, tags: ["tag"]).map(\.id)
    }

    @Test("a removed run is gone, with its rows and files; the others stay", arguments: RunState.allCases)
    func gone(state: RunState) throws {
        let id = try temporary.bring(to: state)
        let other = try submit(2...2, as: "other")[0]
        let folder = lab.checkpoints.appending(path: id), log = lab.logs.appending(path: "\(id).log")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data("weights".utf8).write(to: folder.appending(path: "e1-b0-a1.safetensors"))
        try Data("a line".utf8).write(to: log)
        let removed = try lab.remove(runs: [id])
        #expect(removed.removed == [id] && removed.left == [])
        #expect(try lab.runs().map(\.id) == [other])
        #expect(!FileManager.default.fileExists(atPath: folder.path) && !FileManager.default.fileExists(atPath: log.path))
        #expect(try lab.damage().isEmpty)
        #expect(try !lab.contents().contains { $0.contains(id) && !$0.contains("'removed'") && !$0.hasPrefix("events:") })
        #expect(throws: LabError.removedRun(id, at: temporary.time.now.withLock { $0 })) {
            try lab.run(named: String(id.prefix(6)))
        }
    }

    @Test("a removal is a line of the lab's history, and ids of events are never used again")
    func event() throws {
        let id = try temporary.bring(to: .completed)
        let last = try #require(try lab.events().last).id
        _ = try lab.remove(runs: [id])
        let events = try lab.events()
        #expect(events.map(\.kind) == ["removed"] && events[0].id > last && events[0].detail?.contains(id) == true)
        try lab.database.write { try $0.execute(sql: "DELETE FROM events") }
        try temporary.submit()
        #expect(try #require(try lab.events().last).id > events[0].id)
    }

    @Test("the worker of a removed run is superseded, also if the run is submitted again and taken by another")
    func fence() throws {
        let stalled = try temporary.claimed()
        try lab.record(epochs: 1...1, of: stalled)
        _ = try lab.remove(runs: [stalled.run])
        let writes = { () throws in
            #expect(try lab.requests([(stalled.run, stalled.attempt)]) == [.superseded])
            let superseded = LabError.superseded(run: stalled.run, attempt: stalled.attempt)
            #expect(throws: superseded) { try lab.record(epochs: 2...2, of: stalled) }
            #expect(throws: superseded) { try lab.finish(stalled, .completed(.sample)) }
            #expect(throws: superseded) { try lab.record(CheckpointRecord.sample(1), run: stalled.run, attempt: stalled.attempt) }
        }
        try writes()
        try temporary.submit()
        try writes()
        let again = try temporary.taken()
        #expect(again.run == stalled.run && again.attempt == stalled.attempt + 1)
        try writes()
        #expect(try lab.epochs(of: again.run).isEmpty)
    }

    @Test("with an experiment, a run that another one holds too only leaves it, and gets the length that the other wishes")
    func leaves() throws {
        let shared = try submit(1...2, epochs: 3, as: "one")
        _ = try submit(2...3, epochs: 9, as: "two")
        let two = try lab.runs(RunFilter(experiment: "two")).map(\.id)
        #expect(try temporary.summary(shared[1]).epochs == 9)
        let removed = try lab.remove(runs: two, from: "two")
        #expect(removed.left == [shared[1]] && removed.removed == [two[1]])
        #expect(try lab.runs().map(\.id) == shared)
        #expect(try temporary.summary(shared[1]).epochs == 3 && temporary.summary(shared[1]).experiments == ["one"])
        #expect(throws: LabError.noSuchExperiment("two", known: ["one"])) { try lab.runs(RunFilter(experiment: "two")) }
        #expect(try lab.events(of: shared[1]).map(\.kind).suffix(2) == ["left", "shortened"])
    }

    @Test("without an experiment, a run leaves every one that holds it")
    func everywhere() throws {
        let id = try submit(1...1, as: "one")
        _ = try submit(1...1, as: "two")
        _ = try lab.remove(runs: id)
        #expect(try lab.runs().isEmpty && lab.damage().isEmpty)
    }

    @Test("half of a lab of many runs is removed in seconds")
    func large() throws {
        _ = try submit(1...1500, as: "stays")
        let ids = try submit(1501...3000, as: "goes")
        try lab.database.write { db in
            try db.execute(
                sql: """
                    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20)
                    INSERT INTO epochs SELECT id, i, 1, 0.5, 0.5, 1, NULL FROM runs, n
                    """)
        }
        let elapsed = try processorSeconds {
            let removed = try lab.remove(runs: ids, from: "goes").removed
            #expect(removed.count == 1500)
        }
        #expect(try lab.stateCounts() == [.queued: 1500])
        #expect(elapsed < 20, "took \(elapsed) s")
    }
}

@Suite("What is set of runs") struct RunChangesTests {
    @Test("a priority, tags and a note are set and taken back; results and ids do not depend on them")
    func changes() throws {
        let temporary = try TemporaryLab()
        let ids = try temporary.submit(seeds: 1...2)
        try temporary.lab.change(RunChanges(priority: 4, addedTags: ["a", "b"], note: "why"), runs: [ids[1]])
        let run = try temporary.summary(ids[1])
        #expect(run.priority == 4 && run.tags == ["a", "b"] && run.note == "why")
        #expect(try temporary.taken().run == ids[1])
        try temporary.lab.change(RunChanges(removedTags: ["a", "none"], note: ""), runs: ids)
        #expect(try temporary.summary(ids[1]).tags == ["b"] && temporary.summary(ids[1]).note == nil)
        #expect(throws: LabError.noSuchRun("none")) { try temporary.lab.change(RunChanges(priority: 9), runs: [ids[0], "none"]) }
        #expect(try temporary.summary(ids[0]).priority == 0)
    }
}
