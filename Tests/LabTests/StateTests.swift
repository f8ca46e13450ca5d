import Testing

@testable import Lab

@Suite("The states of a run") struct StateTests {
    /// What every event makes of every state; what is not listed is refused.
    static let table: [RunState: [RunEvent: Transition]] = [
        .queued: [
            .claimed: .to(.running), .pause: .to(.paused), .cancel: .to(.cancelled), .extended: .stays, .resume: .stays,
            .retry: .to(.queued), .shortened: .to(.completed), .advanced: .stays,
        ],
        .running: [
            .released: .to(.queued), .failedOnce: .to(.queued), .completed: .to(.completed), .diverged: .to(.diverged),
            .failedForGood: .to(.failed), .stoppedToPause: .to(.paused), .stoppedToCancel: .to(.cancelled),
            .pause: .ask(.pause), .cancel: .ask(.cancel), .resume: .withdraw, .retry: .withdraw, .extended: .stays,
            .shortened: .to(.completed), .reachedRung: .to(.waiting), .advanced: .stays,
        ],
        .paused: [
            .resume: .to(.queued), .cancel: .to(.cancelled), .pause: .stays, .extended: .stays, .shortened: .to(.completed),
            .advanced: .stays,
        ],
        .waiting: [
            .advanced: .to(.queued), .pruned: .to(.pruned), .pause: .to(.paused), .cancel: .to(.cancelled), .resume: .stays,
            .retry: .stays, .extended: .stays, .shortened: .to(.completed),
        ],
        .pruned: [
            .advanced: .to(.queued), .resume: .to(.queued), .retry: .to(.queued), .cancel: .to(.cancelled), .pruned: .stays,
            .extended: .stays, .shortened: .to(.completed),
        ],
        .completed: [.extended: .to(.queued), .retry: .to(.queued), .shortened: .stays, .advanced: .stays],
        .failed: [.retry: .to(.queued), .extended: .stays, .shortened: .to(.completed), .advanced: .stays],
        .diverged: [.retry: .to(.queued), .extended: .stays, .shortened: .to(.completed), .advanced: .stays],
        .cancelled: [
            .retry: .to(.queued), .cancel: .stays, .extended: .stays, .shortened: .to(.completed), .advanced: .stays,
        ],
    ]

    @Test("every event in every state does what the table says", arguments: RunState.allCases, RunEvent.allCases)
    func pairs(state: RunState, event: RunEvent) {
        #expect(state.after(event) == Self.table[state]?[event] ?? .refused)
    }

    @Test("the table names every state")
    func complete() {
        #expect(Set(Self.table.keys) == Set(RunState.allCases))
    }

    @Test(
        "an ended state is left only by retry or by another length, and that of a stopped trial also by a person or its search",
        arguments: RunState.allCases.filter(\.isEnded))
    func ended(state: RunState) {
        for event in RunEvent.allCases {
            if case .to = state.after(event) {
                #expect(
                    [.retry, .extended, .shortened].contains(event)
                        || state == .pruned && [.resume, .cancel, .advanced].contains(event))
            }
        }
    }

    @Test("only a claim makes a run running, and only in the queue is it claimed")
    func claims() {
        for state in RunState.allCases {
            for event in RunEvent.allCases {
                #expect((state.after(event) == .to(.running)) == (state == .queued && event == .claimed))
            }
        }
    }

    @Test("only a running run is asked anything")
    func requests() {
        for state in RunState.allCases {
            for event in RunEvent.allCases {
                if case .ask = state.after(event) { #expect(state == .running) }
            }
        }
    }

    @Test("every state can be reached from the queue")
    func reachable() {
        var reached: Set<RunState> = [.queued], count = 0
        while reached.count != count {
            count = reached.count
            for state in reached {
                for event in RunEvent.allCases {
                    if case .to(let next) = state.after(event) { reached.insert(next) }
                }
            }
        }
        #expect(reached == Set(RunState.allCases))
    }

    @Test("a command that one run refuses is carried out on none")
    func allOrNone() throws {
        let temporary = try TemporaryLab()
        let ids = try temporary.submit(seeds: 1...2)
        try temporary.lab.complete(temporary.taken())
        let before = try temporary.lab.contents()
        #expect(throws: LabError.refused(run: ids[0], state: .completed, event: "pause")) {
            try temporary.lab.command(.pause, runs: ids.reversed())
        }
        #expect(throws: LabError.noSuchRun("none")) { try temporary.lab.command(.pause, runs: [ids[1], "none"]) }
        #expect(try temporary.lab.contents() == before)
    }

    @Test("a command is a line of the run's history, unless there was nothing to do")
    func commandHistory() throws {
        let temporary = try TemporaryLab()
        let id = try temporary.submit()[0]
        for (command, transition) in [(RunCommand.resume, Transition.stays), (.pause, .to(.paused)), (.resume, .to(.queued))] {
            #expect(try temporary.lab.command(command, runs: [id]).map(\.transition) == [transition])
        }
        #expect(try temporary.history(id) == ["submitted", "pause", "resume"])
    }
}
