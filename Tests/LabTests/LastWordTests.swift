import Testing

@testable import Lab

@Suite("Of two commands to a run the last counts") struct LastWordTests {
    /// The state and the first command; the state after it; the state after a second command: pause, resume, cancel, retry.
    /// After a slash: what the running run is asked to do. "refused": the state stays, and so does the request.
    static let table = """
        queued          pause   paused          paused         queued   cancelled       refused
        queued          resume  queued          paused         queued   cancelled       queued
        queued          cancel  cancelled       refused        refused  cancelled       queued
        queued          retry   queued          paused         queued   cancelled       queued
        running         pause   running/pause   running/pause  running  running/cancel  running
        running         resume  running         running/pause  running  running/cancel  running
        running         cancel  running/cancel  running/pause  running  running/cancel  running
        running         retry   running         running/pause  running  running/cancel  running
        running/pause   pause   running/pause   running/pause  running  running/cancel  running
        running/pause   resume  running         running/pause  running  running/cancel  running
        running/pause   cancel  running/cancel  running/pause  running  running/cancel  running
        running/pause   retry   running         running/pause  running  running/cancel  running
        running/cancel  pause   running/pause   running/pause  running  running/cancel  running
        running/cancel  resume  running         running/pause  running  running/cancel  running
        running/cancel  cancel  running/cancel  running/pause  running  running/cancel  running
        running/cancel  retry   running         running/pause  running  running/cancel  running
        paused          pause   paused          paused         queued   cancelled       refused
        paused          resume  queued          paused         queued   cancelled       queued
        paused          cancel  cancelled       refused        refused  cancelled       queued
        paused          retry   refused         paused         queued   cancelled       refused
        completed       pause   refused         refused        refused  refused         queued
        completed       resume  refused         refused        refused  refused         queued
        completed       cancel  refused         refused        refused  refused         queued
        completed       retry   queued          paused         queued   completed       queued
        failed          pause   refused         refused        refused  refused         queued
        failed          resume  refused         refused        refused  refused         queued
        failed          cancel  refused         refused        refused  refused         queued
        failed          retry   queued          paused         queued   cancelled       queued
        diverged        pause   refused         refused        refused  refused         queued
        diverged        resume  refused         refused        refused  refused         queued
        diverged        cancel  refused         refused        refused  refused         queued
        diverged        retry   queued          paused         queued   cancelled       queued
        cancelled       pause   refused         refused        refused  cancelled       queued
        cancelled       resume  refused         refused        refused  cancelled       queued
        cancelled       cancel  cancelled       refused        refused  cancelled       queued
        cancelled       retry   queued          paused         queued   cancelled       queued
        waiting         pause   paused          paused         queued   cancelled       refused
        waiting         resume  waiting         paused         waiting  cancelled       waiting
        waiting         cancel  cancelled       refused        refused  cancelled       queued
        waiting         retry   waiting         paused         waiting  cancelled       waiting
        pruned          pause   refused         refused        queued   cancelled       queued
        pruned          resume  queued          paused         queued   cancelled       queued
        pruned          cancel  cancelled       refused        refused  cancelled       queued
        pruned          retry   queued          paused         queued   cancelled       queued
        """

    struct Pair: Sendable, CustomTestStringConvertible {
        let start: String
        let commands: [RunCommand]
        /// After each command.
        let expected: [String]
        var testDescription: String { "\(start): \(commands[0]), \(commands[1])" }
    }

    static let pairs = table.split(separator: "\n").flatMap { line -> [Pair] in
        let words = line.split(separator: " ").map(String.init)
        guard let first = RunCommand(rawValue: words[1]) else { return [] }
        return zip([RunCommand.pause, .resume, .cancel, .retry], words.dropFirst(3)).map { second, expected in
            Pair(start: words[0], commands: [first, second], expected: [words[2], expected])
        }
    }

    /// Every state, and a running run with each request.
    static let starts = RunState.allCases.map(\.rawValue) + RunRequest.allCases.map { "running/\($0.rawValue)" }

    @Test("the table names every pair of commands in every state, with every pending request")
    func complete() {
        let named = Self.pairs.map(\.testDescription)
        let all = Self.starts.flatMap { start in
            RunCommand.allCases.flatMap { first in RunCommand.allCases.map { "\(start): \(first), \($0)" } }
        }
        #expect(named.sorted() == all.sorted())
    }

    @Test("every pair of commands on every state leaves the run as the table says", arguments: pairs)
    func pair(_ pair: Pair) throws {
        let temporary = try TemporaryLab()
        let id = try bring(temporary, to: pair.start)
        var state = pair.start
        for (command, expected) in zip(pair.commands, pair.expected) {
            if expected == "refused" {
                #expect(throws: LabError.self) { try temporary.lab.command(command, runs: [id]) }
            } else {
                _ = try temporary.lab.command(command, runs: [id])
                state = expected
            }
            #expect(try standing(temporary, id) == state, "after \(command)")
        }
    }

    @Test(
        "a worker that stops for the first command leaves the run where the last command wants it",
        arguments: pairs.filter { $0.expected[0].hasPrefix("running/") })
    func stopping(_ pair: Pair) throws {
        let temporary = try TemporaryLab()
        let id = try bring(temporary, to: pair.start)
        _ = try temporary.lab.command(pair.commands[0], runs: [id])
        let read = try temporary.lab.requests([(id, 1)])
        guard case .asked(let request) = read[0] else { return #expect(Bool(false), "\(read)") }
        _ = try temporary.lab.command(pair.commands[1], runs: [id])
        let end: [String: RunState] = ["running/pause": .paused, "running/cancel": .cancelled, "running": .queued]
        #expect(try temporary.lab.finish(.stopped(request), run: id, attempt: 1) == end[pair.expected[1]])
        #expect(try temporary.summary(id).request == nil)
    }

    @Test("a withdrawn request is a line of the run's history; where there was none, there is nothing to do")
    func history() throws {
        let temporary = try TemporaryLab()
        let id = try temporary.bring(to: .running)
        for (command, transition) in [
            (RunCommand.retry, Transition.stays), (.pause, .ask(.pause)), (.resume, .withdraw), (.resume, .stays),
        ] {
            #expect(try temporary.lab.command(command, runs: [id]).map(\.transition) == [transition])
        }
        #expect(try temporary.history(id) == ["submitted", "started", "pause", "resume"])
    }

    @Test("a run that was paused and resumed while its worker stopped is trained to its end by the same worker")
    func pool() throws {
        let temporary = try TemporaryLab(), watcher = Watcher()
        let id = try temporary.submit()[0], train = temporary.lab.quickTraining
        let work = PoolAtWork(
            temporary.lab.pool(watcher) { claim, control, worker in
                guard claim.attempt == 1 else { return try train(claim, control, worker) }
                _ = try temporary.lab.command(.pause, runs: [claim.run])
                let outcome = try endlessTraining(claim, control, worker)
                _ = try temporary.lab.command(.resume, runs: [claim.run])
                return outcome
            })
        #expect(work.failed() == 0)
        #expect(watcher.ends.map(\.state) == [.queued, .completed])
        #expect(try temporary.state(id) == .completed)
    }

    private func bring(_ temporary: TemporaryLab, to start: String) throws -> String {
        let words = start.split(separator: "/").map(String.init)
        let id = try temporary.bring(to: try #require(RunState(rawValue: words[0])))
        if words.count > 1 { _ = try temporary.lab.command(try #require(RunCommand(rawValue: words[1])), runs: [id]) }
        return id
    }

    private func standing(_ temporary: TemporaryLab, _ id: String) throws -> String {
        let run = try temporary.summary(id)
        return run.state.rawValue + (run.request.map { "/\($0.rawValue)" } ?? "")
    }
}
