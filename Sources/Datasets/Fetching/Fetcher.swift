import Foundation

/// Downloads official files: resuming, patient with dropped connections, checked against the official MD5.
public struct Fetcher: Sendable {
    /// Attempts in a row that may fail before it gives up; an attempt that brought a MiB starts the count anew.
    public var attempts: Int
    /// Seconds without a byte after which a connection counts as lost.
    var idleTimeout: TimeInterval
    /// Seconds to wait after the n-th failed attempt in a row, n from 1.
    var backOff: @Sendable (Int) -> TimeInterval
    /// Waits.
    public var sleep: @Sendable (TimeInterval) -> Void
    /// Seconds from any start, for the rate.
    public var now: @Sendable () -> TimeInterval

    private static let substantial: Int64 = 1 << 20

    /// Waits 1, 2, 4, … up to 30 seconds between attempts unless told otherwise.
    public init(
        attempts: Int = 6, idleTimeout: TimeInterval = 60,
        backOff: @escaping @Sendable (Int) -> TimeInterval = { min(30, Double(1 << min($0 - 1, 5))) },
        sleep: @escaping @Sendable (TimeInterval) -> Void = { Thread.sleep(forTimeInterval: $0) },
        now: @escaping @Sendable () -> TimeInterval = { ProcessInfo.processInfo.systemUptime }
    ) {
        self.attempts = attempts
        self.idleTimeout = idleTimeout
        self.backOff = backOff
        self.sleep = sleep
        self.now = now
    }

    /// Brings `url` to `destination` by way of `destination.part`, going on from a `.part` that is there, and replaces
    /// whatever has the destination's name. Blocks: call it from a thread of its own, not from a Swift task.
    /// - Parameters:
    ///   - md5: the official digest, hex.
    ///   - bytes: the official length; more is not taken.
    ///   - event: called on a background thread.
    /// - Throws: ``FetchError``. The `.part` stays for the next time unless its MD5 is wrong or too much came.
    public func fetch(
        _ url: URL, to destination: URL, md5: String, bytes: Int64 = .max,
        event: @escaping @Sendable (FetchEvent) -> Void = { _ in }
    ) throws {
        guard Self.isSafe(url) else { throw FetchError.insecureAddress(url) }
        let file = try PartialFile(for: destination)
        let meter = ProgressMeter(now: now, event: event)
        meter.start(at: file.count)
        var failures = 0
        while true {
            let before = file.count
            do {
                try Transfer(url: url, file: file, limit: bytes, idleTimeout: idleTimeout) {
                    meter.advance(to: file.count, of: $0)
                }.run()
                break
            } catch let error as FetchError {
                failures = file.count - before >= Self.substantial ? 1 : failures + 1
                // An address that was never reached is no dropped connection: say so at once.
                if case .noConnection = error, file.count == 0 { throw error }
                guard error.isPassing else { throw error }
                guard failures < attempts else { throw Self.final(error, received: file.count, attempts: failures) }
                let pause = backOff(failures)
                event(.retrying(error, after: pause))
                sleep(pause)
                meter.start(at: file.count)
            }
        }
        meter.finish(at: file.count)
        try file.finish(md5: md5, url: url)
    }

    /// Whether an address may be fetched: https, or http within this machine.
    static func isSafe(_ url: URL) -> Bool {
        switch url.scheme?.lowercased() {
        case "https": true
        case "http": ["localhost", "127.0.0.1", "::1", "[::1]"].contains(url.host ?? "")
        default: false
        }
    }

    private static func final(_ error: FetchError, received: Int64, attempts: Int) -> FetchError {
        guard case .interrupted(let url, _, _, let detail) = error else { return error }
        return .interrupted(url: url, received: received, attempts: attempts, detail: detail)
    }
}
