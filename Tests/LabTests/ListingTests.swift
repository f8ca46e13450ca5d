import Testing

@testable import Lab

@Suite("Listings") struct ListingTests {
    private let temporary: TemporaryLab
    private var lab: Lab { temporary.lab }

    init() throws { temporary = try TemporaryLab() }

    @Test("a run is named by its id or any beginning that is its alone, in either case")
    func prefixes() throws {
        let ids = try temporary.submit(seeds: 1...40)
        for id in ids {
            #expect(try lab.run(named: id) == id && lab.run(named: id.uppercased()) == id)
            let length = (1...16).first { length in ids.count { $0.hasPrefix(id.prefix(length)) } == 1 }!
            #expect(try lab.run(named: String(id.prefix(length))) == id)
            if length > 1 {
                let short = String(id.prefix(length - 1))
                #expect(throws: LabError.ambiguousRun(short, matches: ids.filter { $0.hasPrefix(short) })) {
                    try lab.run(named: short)
                }
            }
        }
    }

    @Test("a name that no run has is an error, and so is none at all", arguments: ["", "%", "zz", "'", "_", "è", "0\0"])
    func unknown(name: String) throws {
        try temporary.submit()
        #expect(throws: LabError.noSuchRun(name)) { try lab.run(named: name) }
    }

    @Test("filters let through what matches all of them, in order of submission")
    func filters() throws {
        let ids = try temporary.submit(seeds: 1...3)
        _ = try lab.submit(experiment: "other", description: nil, runs: [RunToSubmit(.tiny(seed: 3), datasetDigest: "digest")])
        _ = try lab.command(.pause, runs: [ids[1], ids[2]])
        #expect(try lab.runs().map(\.id) == ids)
        #expect(try lab.runs(RunFilter(state: .paused)).map(\.id) == [ids[1], ids[2]])
        #expect(try lab.runs(RunFilter(experiment: "other", state: .paused)).map(\.id) == [ids[2]])
        #expect(try lab.runs(RunFilter(experiment: "other", state: .queued)).isEmpty)
        #expect(try lab.runs(RunFilter(ids: [ids[2], ids[0]])).map(\.id) == [ids[0], ids[2]])
        #expect(try lab.runs(RunFilter(ids: [])).isEmpty)
        #expect(try lab.runs(RunFilter(ids: ["\"", "\\", "é"])).isEmpty)
        #expect(try lab.stateCounts() == [.queued: 1, .paused: 2])
    }

    @Test("an experiment that is not there is an error that names those that are")
    func experiments() throws {
        try temporary.submit()
        #expect(throws: LabError.noSuchExperiment("tset", known: ["test"])) { try lab.runs(RunFilter(experiment: "tset")) }
    }

    @Test("a summary tells the run's settings, its latest epoch and how long the rest will take")
    func summary() throws {
        let queued = try temporary.summary(try temporary.submit(epochs: 10, priority: 4)[0])
        #expect(queued.latest == nil && queued.secondsPerEpoch == nil && queued.secondsLeft == nil && queued.arithmetics.isEmpty)
        #expect(queued.settings == .tiny(epochs: 10) && queued.model == "LinearNet-PCN2" && queued.priority == 4)
        #expect(queued.experiments == ["test"] && queued.tags == [] && queued.datasetDigest == "digest")
        #expect(queued.epoch == 0 && queued.epochs == 10 && queued.attempts == 0 && queued.state == .queued)
        #expect(queued.error == nil && queued.final == nil && queued.request == nil)

        let claim = try temporary.taken()
        for epoch in 1...7 {
            try lab.record(.sample(epoch, seconds: epoch < 3 ? 100 : Double(epoch)), run: claim.run, attempt: claim.attempt)
        }
        _ = try lab.command(.pause, runs: [claim.run])
        let running = try temporary.summary(claim.run)
        #expect(running.state == .running && running.request == .pause && running.attempts == 1 && running.epoch == 7)
        #expect(running.latest == .sample(7, seconds: 7))
        #expect(running.secondsPerEpoch == 5 && running.secondsLeft == 15)
    }

    @Test("a completed run has no time left; the arithmetics it saw are told, each once")
    func ended() throws {
        try temporary.submit()
        for kernel in ["Zen, new", "Haswell", "Zen, new"] {
            let claim = try #require(try lab.claim(worker: .current, arithmetic: kernel, threads: 1))
            try lab.finish(claim, .released("worker stopped"))
        }
        let id = try temporary.taken().run
        try lab.record(epochs: 1...3, of: Claim(run: id, attempt: 4, settings: .tiny(), datasetDigest: "", until: nil))
        try lab.finish(.completed(.sample), run: id, attempt: 4)
        let run = try temporary.summary(id)
        #expect(run.secondsLeft == nil && run.final == .sample && run.attempts == 4)
        #expect(run.arithmetics == ["Zen, new", "Haswell"])
    }

    @Test("a file's digest is remembered for as long as its size and time of change are the same")
    func digests() throws {
        try lab.remember(digest: "aa", ofFile: "f", size: 3, modifiedNanoseconds: 5)
        #expect(try lab.digest(ofFile: "f", size: 3, modifiedNanoseconds: 5) == "aa")
        #expect(try lab.digest(ofFile: "f", size: 4, modifiedNanoseconds: 5) == nil)
        #expect(try lab.digest(ofFile: "f", size: 3, modifiedNanoseconds: 6) == nil)
        #expect(try lab.digest(ofFile: "g", size: 3, modifiedNanoseconds: 5) == nil)
        try lab.remember(digest: "bb", ofFile: "f", size: 4, modifiedNanoseconds: 6)
        #expect(try lab.digest(ofFile: "f", size: 3, modifiedNanoseconds: 5) == nil)
        #expect(try lab.digest(ofFile: "f", size: 4, modifiedNanoseconds: 6) == "bb")
    }

    @Test("of more runs than are wanted those at work come first, then what waits, by priority, and all are counted")
    func limited() throws {
        let ids = try temporary.submit(seeds: 1...9)
        _ = try temporary.taken()
        let failed = try temporary.taken()
        for _ in 1...Lab.attemptsAllowed {
            let claim = try temporary.summary(failed.run).state == .running ? failed : try temporary.taken()
            try lab.finish(.failed("why"), run: claim.run, attempt: claim.attempt)
        }
        let shown = try lab.runs(RunFilter(limit: 3))
        #expect(shown.map(\.state) == [.running, .queued, .queued] && shown.map(\.id) == [ids[0], ids[2], ids[3]])
        #expect(try lab.runs(RunFilter(state: .queued, limit: 2)).map(\.id) == Array(ids[2...3]))
        #expect(try lab.runs(RunFilter(limit: 100)).map(\.id) == [ids[0]] + ids[2...] + [ids[1]])
        try temporary.submit(seeds: 7...7, priority: 3)
        #expect(try lab.runs(RunFilter(limit: 2)).map(\.id) == [ids[0], ids[6]])
        #expect(try lab.stateCounts() == [.running: 1, .failed: 1, .queued: 7])
        #expect(try lab.stateCounts(RunFilter(ids: Array(ids.suffix(2)))) == [.queued: 2])
    }
}
