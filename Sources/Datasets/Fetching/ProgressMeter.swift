import Foundation

/// Converts writes to progress events, at most ten a second.
final class ProgressMeter {
    private let now: @Sendable () -> TimeInterval
    private let event: @Sendable (FetchEvent) -> Void
    private var rate = RateMeter()
    private var total: Int64?
    private var lastReport = -Double.infinity

    init(now: @escaping @Sendable () -> TimeInterval, event: @escaping @Sendable (FetchEvent) -> Void) {
        self.now = now
        self.event = event
    }

    /// Starts a new attempt. The pause before it does not count for the rate.
    func start(at bytes: Int64) {
        rate = RateMeter()
        rate.add(time: now(), bytes: bytes)
    }

    func advance(to bytes: Int64, of total: Int64?) {
        self.total = total
        let time = now()
        guard time - lastReport >= 0.1 else { return }
        lastReport = time
        rate.add(time: time, bytes: bytes)
        event(.progress(FetchProgress(done: bytes, total: total, bytesPerSecond: max(0, rate.bytesPerSecond))))
    }

    func finish(at bytes: Int64) {
        rate.add(time: now(), bytes: bytes)
        event(.progress(FetchProgress(done: bytes, total: bytes, bytesPerSecond: max(0, rate.bytesPerSecond))))
    }
}

/// The rate over a sliding window, from (time, bytes) pairs.
struct RateMeter {
    private static let window = 5.0
    private var samples: [(time: Double, bytes: Int64)] = []

    /// - Parameters:
    ///   - time: monotonic seconds.
    ///   - bytes: total received by then.
    mutating func add(time: Double, bytes: Int64) {
        samples.append((time, bytes))
        // Keep one sample before the window, so that a slow connection has two.
        while samples.count > 2, time - samples[1].time >= Self.window { samples.removeFirst() }
    }

    /// Bytes per second; 0 before the second sample.
    var bytesPerSecond: Double {
        guard let first = samples.first, let last = samples.last, last.time > first.time else { return 0 }
        return Double(last.bytes - first.bytes) / (last.time - first.time)
    }
}
