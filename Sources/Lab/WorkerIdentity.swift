import Foundation

/// Which process a worker is: a process id says it only together with the process's start and the boot, for ids come again.
public struct WorkerIdentity: Sendable, Hashable {
    public let process: Int32
    /// Clock ticks from boot to the process's start.
    public let started: UInt64
    /// The boot's own id; another boot's processes are all gone.
    public let boot: String
    /// The space in which process ids count: another container's processes cannot be looked up from here.
    public let space: String

    /// This process.
    public static let current: WorkerIdentity = {
        let process = getpid()
        let boot = (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)) ?? "unknown"
        let space = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")) ?? "unknown"
        return WorkerIdentity(
            process: process, started: startOf(process) ?? 0, boot: boot.trimmingCharacters(in: .whitespacesAndNewlines),
            space: space)
    }()

    init(process: Int32, started: UInt64, boot: String, space: String) {
        (self.process, self.started, self.boot, self.space) = (process, started, boot, space)
    }

    /// As it stands in the database: four words.
    public var text: String { "\(process) \(started) \(boot) \(space)" }

    init?(text: String) {
        let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard words.count == 4, let process = Int32(words[0]), let started = UInt64(words[1]) else { return nil }
        self.init(process: process, started: started, boot: words[2], space: words[3])
    }

    /// Whether the process is known to be gone. False also where that cannot be told: then the lease's age decides.
    var isGone: Bool {
        let here = Self.current
        if boot != here.boot { return true }
        if space != here.space { return false }
        return Self.startOf(process) != started
    }

    /// Field 22 of /proc/PID/stat; the command's name before it may hold spaces and parentheses.
    private static func startOf(_ process: Int32) -> UInt64? {
        guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let end = stat.lastIndex(of: ")")
        else { return nil }
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        // A zombie has ended, though its parent has not yet asked.
        return fields.count > 19 && fields[0] != "Z" ? UInt64(fields[19]) : nil
    }
}

/// The clocks of a lab, passed in so that tests can turn them.
public struct LabClock: Sendable {
    /// Milliseconds since 1970: for people.
    public var now: @Sendable () -> Int64
    /// Milliseconds of the boot's monotonic clock: for leases, which must not see the wall clock turned.
    public var uptime: @Sendable () -> Int64

    public init(now: @escaping @Sendable () -> Int64, uptime: @escaping @Sendable () -> Int64) {
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
