import Foundation

/// Downloads official files: resumes, retries lost connections, and checks the official MD5.
public struct Fetcher: Sendable {
    /// Number of consecutive failed attempts before it gives up. An attempt that received 1 MiB resets the count.
    public var attempts: Int
    /// Seconds without data after which a connection is considered lost.
    var idleTimeout: TimeInterval
    /// Seconds to wait after the n-th consecutive failed attempt, n from 1.
    var backOff: @Sendable (Int) -> TimeInterval
    /// Sleeps for a number of seconds.
    public var sleep: @Sendable (TimeInterval) -> Void
    /// A monotonic clock in seconds, for the rate.
    public var now: @Sendable () -> TimeInterval

    private static let substantial: Int64 = 1 << 20

    /// By default waits 1, 2, 4, … up to 30 seconds between attempts.
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

    /// Downloads `url` to `destination` through `destination.part`, resuming an existing `.part`, and replaces a file at the
    /// destination. Blocks: must be called from a thread, not from a Swift task.
    /// - Parameters:
    ///   - md5: the official digest in hexadecimal.
    ///   - bytes: the official size, which is the limit.
    ///   - event: called on a background thread.
    /// - Throws: ``FetchError``. The `.part` is kept unless its MD5 is wrong or it is too long.
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
                // An address that was never reached is not a lost connection: fail at once.
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

    /// Whether an address may be fetched: https, or http on this machine.
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
