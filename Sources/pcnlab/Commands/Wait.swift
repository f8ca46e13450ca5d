import ArgumentParser
import Foundation
import Lab
import Operations
import Specs

struct Wait: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Wait until runs have ended.",
        discussion: """
            Ends when every selected run (without a selection: every run) is completed, failed, diverged, cancelled, removed or, as a \
            trial of a search, pruned; paused ones are waited for. Exit code 0: all of them are completed or pruned. Exit code 1: some are \
            not. Exit code 75: --timeout has passed. A service (--server) may be away for \
            two minutes meanwhile.
            """)
    @OptionGroup var lab: LabPlace
    @OptionGroup var selection: RunSelection

    @Option(help: "Seconds to wait at most.")
    var timeout: Double?

    @Flag(help: "Print JSON: id and state of each run.")
    var json = false

    private struct Ended: Encodable {
        let id: String
        let state: String
    }

    /// Seconds for which a service may be away.
    private static let patience = 120.0

    func run() throws {
        try reporting {
            let lab = try lab.open()
            let runs = try selection.some(lab), ids = runs.map(\.id), lines = RunLines(runs)
            let end = timeout.map { Date(timeIntervalSinceNow: $0) }
            var lastAnswer = Date(), states: [String: RunState] = [:], ended: [String: String] = [:]
            while true {
                // False while a service is away, as when it is started again.
                var isAnswered = true
                do {
                    states = try lab.states(of: ids)
                    lastAnswer = Date()
                } catch let failure as Failure
                    where failure.status == .unavailable && -lastAnswer.timeIntervalSinceNow < Self.patience
                {
                    isAnswered = false
                }
                for run in runs where isAnswered && ended[run.id] == nil {
                    let state = states[run.id]
                    guard state?.isEnded ?? true else { continue }
                    let outcome = state?.rawValue ?? "removed"
                    ended[run.id] = outcome
                    if !json { Terminal.output.line(lines.line(run, outcome)) }
                }
                if ended.count == Set(ids).count || Terminal.output.failure != nil { break }
                if let end, Date() >= end {
                    let left = Set(ids).count - ended.count
                    throw Failure("\(Format.count(left, "run")) \(left == 1 ? "has" : "have") not ended yet", Exit.tryAgain)
                }
                Thread.sleep(forTimeInterval: 0.25)
            }
            if json {
                Terminal.output.line(
                    try JSONOutput.text(ids.compactMap { id in ended[id].map { Ended(id: id, state: $0) } }))
            }
            // That a search stops its worst trials is no failure.
            let good = [RunState.completed, .pruned].map(\.rawValue)
            if !ended.values.allSatisfy(good.contains) { throw Exit.someRunFailed }
        }
    }
}
