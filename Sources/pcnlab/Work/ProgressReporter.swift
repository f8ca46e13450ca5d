import Foundation
import Lab
import Logging
import Operations
import Synchronization

/// Shows what the workers do: one live line each in a terminal, log lines elsewhere. It also writes each run's log.
final class ProgressReporter: WorkerPoolObserver {
    private struct Line {
        var claim: Claim
        var latest: EpochRow?
        var epoch = 0
        var fraction = 0.0
        var loss: Double?
        var accuracy: Double?
        var epochStarted = Date()
    }

    private struct State {
        var lines: [Int: Line] = [:]
        /// Live lines on the screen now.
        var drawn = 0
        var lastDrawn = Date.distantPast
        /// When each problem was last shown.
        var troubles: [String: Date] = [:]
        var isTerminalLost = false
    }

    private let terminal: Terminal
    private let logger: Logger
    private let logs: RunLogs
    private let names: RunNames
    private let state = Mutex(State())

    init(logs: RunLogs, names: RunNames, terminal: Terminal = .error) {
        (self.logs, self.names, self.terminal) = (logs, names, terminal)
        logger = Logger(label: "pcnlab") { _ in LineLogHandler(terminal: terminal) }
    }

    func started(_ claim: Claim, worker: Int) {
        state.withLock { $0.lines[worker] = Line(claim: claim) }
        say("started, attempt \(claim.attempt)", of: claim)
    }

    func progressed(_ worker: Int, epoch: Int, fraction: Double, loss: Double, accuracy: Double) {
        guard terminal.isTerminal else { return }
        state.withLock { state in
            guard var line = state.lines[worker] else { return }
            if epoch != line.epoch { line.epochStarted = Date() }
            (line.epoch, line.fraction, line.loss, line.accuracy) = (epoch, fraction, loss, accuracy)
            state.lines[worker] = line
            if Date().timeIntervalSince(state.lastDrawn) > 0.1 { redraw(&state) }
        }
    }

    func completed(_ worker: Int, _ row: EpochRow) {
        let claim = state.withLock { state -> Claim? in
            state.lines[worker]?.latest = row
            state.lines[worker]?.epoch = row.epoch
            state.lines[worker]?.fraction = 0
            state.lines[worker]?.epochStarted = Date()
            return state.lines[worker]?.claim
        }
        guard let claim else { return }
        defer { reportLostTerminal() }
        let text = "epoch \(row.epoch)/\(claim.settings.epochs)  \(row.text)"
        record(text, of: claim)
        if !terminal.isTerminal { logger.info("\(name(claim))  \(text)") }
    }

    func ended(_ claim: Claim, worker: Int, outcome: AttemptOutcome, state runState: RunState?) {
        let latest = state.withLock { $0.lines.removeValue(forKey: worker)?.latest }
        let last = latest.map { "  " + $0.text } ?? ""
        switch outcome {
        case .completed where runState == nil: say("superseded: its end is another attempt's", of: claim, .yellow)
        case .completed where runState == .queued: say("back in the queue: more epochs are wanted", of: claim, .yellow)
        case .completed where runState == .failed: say("failed: it ended before its last epoch", of: claim, .red)
        case .completed(let final):
            say("completed\(last)  \(final.text)", of: claim, .green)
        case .diverged(let text): say("diverged: \(text)", of: claim, .red)
        case .failed(let text):
            say("\(runState == .failed ? "failed" : "failed, is tried again later"): \(text)", of: claim, .red)
        case .waits(let reason): say("back in the queue, waits for its data: \(reason)", of: claim, .yellow)
        case .released where runState == nil:
            let text = "superseded: its run is another attempt's, or is removed"
            _ = logs.appendIfThere(text, run: claim.run)
            say("\(name(claim))  \(text)", .yellow)
        case .released where runState == .completed:
            say("its extension is not wanted any more: completed again at its old length", of: claim, .yellow)
        case .released(let reason): say("back in the queue (\(reason)), goes on from its checkpoint", of: claim, .yellow)
        case .reachedRung: say("at a rung of its search\(last): " + RunState.after(runState), of: claim, .yellow)
        case .stopped(let request) where runState == .queued:
            say("back in the queue: the request to \(request.rawValue) was withdrawn", of: claim, .yellow)
        case .stopped where runState == .completed:
            say("its extension is cancelled: completed again at its old length", of: claim, .yellow)
        case .stopped(let request): say("stopped to \(request.rawValue), with a checkpoint", of: claim, .yellow)
        }
    }

    func notice(_ text: String) { say(text) }

    /// Shows a problem; one that lasts is shown once a minute.
    func trouble(_ text: String) {
        let isNew = state.withLock { state in
            state.troubles = state.troubles.filter { abs($0.value.timeIntervalSinceNow) < 60 }
            guard state.troubles[text] == nil else { return false }
            state.troubles[text] = Date()
            return true
        }
        if isNew { say(text, .yellow, level: .warning) }
    }

    /// Shows why a run waits, or that it continues.
    func waiting(_ claim: Claim, _ text: String) { say(text, of: claim, .yellow, level: .warning) }

    private func say(_ text: String, of claim: Claim, _ colour: Colour? = nil, level: Logger.Level = .info) {
        record(text, of: claim)
        say("\(name(claim))  \(text)", colour, level: level)
        reportLostTerminal()
    }

    /// Writes a line to a run's log. The first time that this fails, the terminal says so.
    private func record(_ text: String, of claim: Claim) {
        guard let error = logs.append(text, run: claim.run) else { return }
        say("\(error); training continues without this log", .yellow, level: .warning)
    }

    /// The first time that nothing more can be written to the terminal, the logs of the runs in training say so.
    private func reportLostTerminal() {
        guard let number = terminal.failure else { return }
        let claims = state.withLock { state -> [Claim] in
            defer { state.isTerminalLost = true }
            return state.isTerminalLost ? [] : state.lines.values.map(\.claim)
        }
        let text = "the standard error cannot be written any more: \(String(cString: strerror(number))); training continues"
        for claim in claims { _ = logs.append(text, run: claim.run) }
    }

    /// Called when the pool has ended. Returns whether everything was written, to the terminal and to the logs.
    func finish() -> Bool {
        let isComplete = logs.finish()
        return isComplete && terminal.failure == nil
    }

    /// Prints a permanent line: above the live ones in a terminal, as a log line elsewhere.
    private func say(_ text: String, _ colour: Colour? = nil, level: Logger.Level = .info) {
        guard terminal.isTerminal else {
            logger.log(level: level, "\(text.printable)")
            return
        }
        state.withLock { state in
            erase(&state)
            terminal.line(colour?.paint(text.printable, on: terminal) ?? text.printable)
            redraw(&state)
        }
    }

    private func erase(_ state: inout State) {
        if state.drawn > 0 { terminal.write("\u{1B}[\(state.drawn)A\u{1B}[J") }
        state.drawn = 0
    }

    private func redraw(_ state: inout State) {
        var text = state.drawn > 0 ? "\u{1B}[\(state.drawn)A\u{1B}[J" : ""
        let width = terminal.columns - 1
        let lines = state.lines.sorted { $0.key < $1.key }.map { String(live($0.value).prefix(width)) }
        for line in lines { text += line + "\n" }
        terminal.write(text)
        state.drawn = lines.count
        state.lastDrawn = Date()
    }

    private func live(_ line: Line) -> String {
        let settings = line.claim.settings
        let epoch = min(line.epoch + 1, settings.epochs)
        var text = "\(name(line.claim))  epoch \(epoch)/\(settings.epochs)  \(bar(line.fraction))"
        text += "  loss \(Format.loss(line.loss))  train \(Format.percent(line.accuracy))"
        // Who selects by validation images should not see the test split.
        let validation = line.latest?.validationAccuracy.map { "validation \(Format.percent($0))" }
        text += "  " + (validation ?? "test \(Format.percent(line.latest?.testAccuracy))")
        let perEpoch =
            line.latest?.seconds
            ?? (line.fraction > 0 ? Date().timeIntervalSince(line.epochStarted) / line.fraction : nil)
        if let perEpoch {
            let left = perEpoch * (Double(settings.epochs - line.epoch) - line.fraction)
            text += "  \(Format.duration(perEpoch))/epoch  \(Format.duration(max(0, left))) left"
        }
        return text
    }

    private func bar(_ fraction: Double) -> String {
        let full = Int((fraction * 10).rounded(.down))
        return String(repeating: "█", count: full) + String(repeating: "░", count: 10 - full)
    }

    private func name(_ claim: Claim) -> String { names.name(claim) }
}
