import Foundation
import Lab
import Logging
import Operations
import ServiceLifecycle
import Specs
import Synchronization

/// A message of the event stream: `id` is the latest event of the lab, so that a client that comes back says what it has seen.
struct LiveMessage: Sendable {
    let event: String
    let id: Int64?
    let data: String

    /// In the format of server-sent events.
    var text: String {
        (id.map { "id: \($0)\n" } ?? "") + "event: \(event)\ndata: \(data)\n\n"
    }
}

/// Looks at the lab four times a second, and passes what is new to all event streams. Any process may have written it.
final class LiveUpdates: Service {
    private struct State {
        var streams: [Int: AsyncStream<LiveMessage>.Continuation] = [:]
        var next = 0
        /// Raised by every change of the lab.
        var generation = 0
        var lastEvent: Int64 = 0
        /// The number of runs in each state; nil while that is not known.
        var counts: [RunState: Int]?
    }

    private let lab: Lab
    private let logger: Logger
    private let releasesAbandoned: Bool
    private let state = Mutex(State())

    /// - Parameter releasesAbandoned: whether runs whose worker is gone are queued again, so that nobody sees a run in training that no
    ///   worker trains.
    init(_ lab: Lab, releasesAbandoned: Bool, logger: Logger) {
        (self.lab, self.releasesAbandoned, self.logger) = (lab, releasesAbandoned, logger)
    }

    /// A number that is greater after every change of the lab. What was computed under the same number still holds.
    var generation: Int { state.withLock { $0.generation } }

    /// Called after a change by this process, which is seen on the next look only.
    func changed() { state.withLock { $0.generation += 1 } }

    /// The number of runs in each state after an event, without counting them. Nil if that was not the latest event of the last look:
    /// every change of a state writes an event.
    func stateCounts(at event: Int64) -> [RunState: Int]? { state.withLock { $0.lastEvent == event ? $0.counts : nil } }

    var streams: Int { state.withLock { $0.streams.count } }

    /// The latest event of the lab that was seen.
    var lastEvent: Int64 { state.withLock { $0.lastEvent } }

    /// A stream of messages, from now on. That of a client which reads too slowly ends: it comes back and asks for what it missed.
    func messages() -> AsyncStream<LiveMessage> {
        let (stream, continuation) = AsyncStream.makeStream(of: LiveMessage.self, bufferingPolicy: .bufferingOldest(256))
        let number = state.withLock { state in
            state.next += 1
            state.streams[state.next] = continuation
            return state.next
        }
        continuation.onTermination = { [weak self] _ in self?.state.withLock { $0.streams[number] = nil } }
        return stream
    }

    /// Fifteen seconds.
    private static let looksBetweenPings = 60
    /// Two seconds, as workers do it.
    private static let looksBetweenMaintenance = 8

    /// Looks at the lab until the service ends.
    func run() async throws {
        let queue = DispatchQueue(label: "pcnlab.watch")
        // Used on the queue only.
        nonisolated(unsafe) var watch: LabWatch?
        // Used on the queue only.
        nonisolated(unsafe) var looks = 0
        let timer = DispatchSource.makeTimerSource(queue: queue)
        timer.schedule(deadline: .now(), repeating: .milliseconds(250))
        timer.setEventHandler { @Sendable [self] in
            looks += 1
            if looks % Self.looksBetweenPings == 0 { ping() }
            if releasesAbandoned, looks % Self.looksBetweenMaintenance == 0 { maintain() }
            do {
                if watch == nil { watch = try LabWatch(lab) }
                if let news = try watch?.look() { publish(news) }
            } catch {
                logger.warning("looking at the lab: \(error)")
                watch = nil
            }
        }
        timer.activate()
        try? await gracefulShutdown()
        timer.cancel()
        state.withLock { state in
            for stream in state.streams.values { stream.finish() }
        }
    }

    private func publish(_ news: LabNews) {
        let messages = Self.messages(news)
        let streams = state.withLock { state -> [AsyncStream<LiveMessage>.Continuation] in
            (state.counts, state.lastEvent) = (news.counts, news.lastEvent)
            guard !news.isEmpty || state.generation == 0 else { return [] }
            state.generation += 1
            return Array(state.streams.values)
        }
        for message in messages { Self.send(message, to: streams) }
    }

    private func maintain() {
        do { try LabMaintenance(lab).run() } catch { logger.warning("releasing runs without a worker: \(error)") }
    }

    /// Keeps connections of streams without news open, and finds those whose client is gone.
    private func ping() {
        Self.send(LiveMessage(event: "ping", id: nil, data: "{}"), to: state.withLock { Array($0.streams.values) })
    }

    private static func send(_ message: LiveMessage, to streams: [AsyncStream<LiveMessage>.Continuation]) {
        for stream in streams {
            if case .dropped = stream.yield(message) { stream.finish() }
        }
    }

    /// `epochs`: a run and the columns of its new rows. `runs`: ids of runs whose state or history changed, and whether the list did.
    static func messages(_ news: LabNews) -> [LiveMessage] {
        var messages = news.epochs.sorted { $0.key < $1.key }.compactMap { run, rows in
            rows.isEmpty ? nil : LiveMessage(event: "epochs", id: nil, data: json(CurveAnswer(run: run, rows)))
        }
        if !news.runs.isEmpty || news.isListChanged {
            let ids = news.runs.sorted().prefix(500).map { "\"\($0)\"" }.joined(separator: ",")
            let isList = news.isListChanged || news.runs.count > 500
            messages.append(LiveMessage(event: "runs", id: news.lastEvent, data: "{\"runs\":[\(ids)],\"list\":\(isList)}"))
        }
        return messages
    }

    /// In one line.
    private static func json(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}
