import Foundation

/// The clocks of a lab, passed in so that tests can set them.
public struct LabClock: Sendable {
    /// Milliseconds since 1970, shown to people.
    public var now: @Sendable () -> Int64
    /// Milliseconds of the monotonic clock since boot, for leases: a change of the wall clock must not affect them.
    public var uptime: @Sendable () -> Int64

    init(now: @escaping @Sendable () -> Int64, uptime: @escaping @Sendable () -> Int64) {
        (self.now, self.uptime) = (now, uptime)
    }

    public static let system = LabClock(
        now: { milliseconds(CLOCK_REALTIME) }, uptime: { milliseconds(CLOCK_MONOTONIC) })

    private static func milliseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
