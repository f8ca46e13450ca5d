import Foundation

/// Identifies a worker's process. Process ids are reused, so it includes the process's start and the boot.
public struct WorkerIdentity: Sendable, Hashable {
    let process: Int32
    /// Clock ticks from boot to the process's start.
    let started: UInt64
    /// The boot's id. All processes of another boot are gone.
    let boot: String
    /// The process id namespace. Processes of another container cannot be looked up from here.
    let space: String

    /// This process.
    public static let current: WorkerIdentity = {
        let process = getpid()
        let boot = (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)) ?? "unknown"
        let space = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")) ?? "unknown"
        return WorkerIdentity(
            process: process, started: start(of: process) ?? 0, boot: boot.trimmingCharacters(in: .whitespacesAndNewlines),
            space: space)
    }()

    init(process: Int32, started: UInt64, boot: String, space: String) {
        (self.process, self.started, self.boot, self.space) = (process, started, boot, space)
    }

    /// The form in the database: four words.
    public var text: String { "\(process) \(started) \(boot) \(space)" }

    public init?(text: String) {
        let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard words.count == 4, let process = Int32(words[0]), let started = UInt64(words[1]) else { return nil }
        self.init(process: process, started: started, boot: words[2], space: words[3])
    }

    /// Whether the process is known to be gone. False also if that is unknown: then the age of the lease decides.
    public var isGone: Bool {
        let here = Self.current
        if boot != here.boot { return true }
        if space != here.space { return false }
        if let start = Self.start(of: process) { return start != started }
        // /proc may hide other users' processes or be missing. Then kill(2) tells whether the process exists.
        return Self.isEnded(process) || (kill(process, 0) == -1 && errno == ESRCH)
    }

    /// Clock ticks from boot to the start of a running process; nil if that cannot be read.
    static func start(of process: Int32) -> UInt64? {
        fieldsOf(process).flatMap { $0[0] == "Z" ? nil : UInt64($0[19]) }
    }

    /// A zombie has ended, but its parent has not waited for it yet.
    private static func isEnded(_ process: Int32) -> Bool { fieldsOf(process)?[0] == "Z" }

    /// The fields of /proc/PID/stat from the third (the state) to at least the 22nd (the start); nil if they cannot be read. The
    /// command's name before them may contain spaces and parentheses.
    private static func fieldsOf(_ process: Int32) -> [Substring]? {
        guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let end = stat.lastIndex(of: ")")
        else { return nil }
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        return fields.count > 19 ? fields : nil
    }
}
