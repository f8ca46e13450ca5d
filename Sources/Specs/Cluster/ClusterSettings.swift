/// How a lab's runs are trained on a cluster: the lab's `cluster.json`, and what `--set` changes of it.
///
/// Nothing here is part of a run's identity: the same run gives the same bits wherever it is trained.
public struct ClusterSettings: Hashable, Sendable {
    /// The name of the engine that starts jobs.
    public var engine = "slurm"

    // What jobs ask of the engine; nil: the site's own defaults.
    public var partition: String?
    public var account: String?
    public var qos: String?
    public var time: JobTime?
    public var cpus = 1
    public var mem: String?
    public var gres: String?
    public var constraint: String?
    public var exclude: String?
    public var reservation: String?
    public var nice: Int?
    /// More options of the engine's own submit command.
    public var extra: [String] = []

    // How many jobs there are.
    public var arrayParallelism: Int?
    public var maxSubmitted = 100
    public var startsPerMinute = 10
    public var packMinutes = 30

    // What a job does on its node.
    /// Shell lines before the program.
    public var setup: [String] = []
    /// Words before the program's, which run it in a container.
    public var container: String?
    public var program: String?
    public var datasets: String?
    public var scratch: String?
    public var signalSeconds = 60

    // How the lab follows its jobs.
    public var folder: String?
    public var pollSeconds = 30
    public var graceSeconds = 270

    public init() {}
}

/// A limit of a job's time.
public struct JobTime: Hashable, Sendable {
    /// As it was given, which Slurm understands.
    public let text: String
    public let seconds: Int

    /// Slurm's forms: minutes, minutes:seconds, hours:minutes:seconds, days-hours, days-hours:minutes, days-hours:minutes:seconds.
    public init?(_ text: String) {
        let isDigits = { (part: Substring) in
            !part.isEmpty && part.utf8.count <= 6 && part.utf8.allSatisfy { (48...57).contains($0) }
        }
        let halves = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let parts = (halves.last ?? "").split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 3, parts.allSatisfy(isDigits), halves.count == 1 || isDigits(halves[0]) else { return nil }
        let numbers = parts.compactMap { Int($0) }
        let seconds: Int
        if halves.count == 2 {
            let time = numbers + Array(repeating: 0, count: 3 - numbers.count)
            seconds = (Int(halves[0]) ?? 0) * 86_400 + time[0] * 3600 + time[1] * 60 + time[2]
        } else {
            switch numbers.count {
            case 1: seconds = numbers[0] * 60
            case 2: seconds = numbers[0] * 60 + numbers[1]
            default: seconds = numbers[0] * 3600 + numbers[1] * 60 + numbers[2]
            }
        }
        guard seconds > 0 else { return nil }
        (self.text, self.seconds) = (text, seconds)
    }

    /// What would be right, in words.
    static let phrase = #"a time such as "90" (minutes), "1:30:00" or "2-12:00:00""#
    /// The same as a regular expression.
    static let pattern = #"^([0-9]{1,6}-[0-9]{1,6}(:[0-9]{1,6}){0,2}|[0-9]{1,6}(:[0-9]{1,6}){0,2})$"#
}
