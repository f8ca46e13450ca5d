/// One setting of `cluster.json`. The decoder, the JSON Schema, `--set` and the help text all read this description.
public struct ClusterField: Sendable {
    /// What may be written for it.
    enum Kind: Sendable {
        case whole(ClosedRange<Int>)
        case choice([String])
        /// Text without white space and control characters.
        case word
        case text
        case time
        /// A list of texts, none of which satisfies the condition of `refusal`.
        case texts
    }

    public let key: String
    let kind: Kind
    /// What it is, in one line.
    public let summary: String
    let write: @Sendable (inout ClusterSettings, Value) -> Void
    let read: @Sendable (ClusterSettings) -> Value?

    /// A value that was read.
    enum Value: Hashable, Sendable {
        case whole(Int)
        case text(String)
        case time(JobTime)
        case texts([String])
    }

    /// The default, for help texts.
    public var defaultText: String {
        switch read(ClusterSettings()) {
        case .whole(let whole): "\(whole)"
        case .text(let text): text
        case .time(let time): time.text
        case .texts(let texts) where !texts.isEmpty: texts.joined(separator: " ")
        case .texts, nil: "none"
        }
    }
}

extension ClusterField {
    private init(
        _ key: String, _ path: WritableKeyPath<ClusterSettings, Int> & Sendable, _ range: ClosedRange<Int>, _ summary: String
    ) {
        self.init(
            key: key, kind: .whole(range), summary: summary,
            write: { settings, value in if case .whole(let whole) = value { settings[keyPath: path] = whole } },
            read: { .whole($0[keyPath: path]) })
    }

    private init(
        _ key: String, _ path: WritableKeyPath<ClusterSettings, Int?> & Sendable, _ range: ClosedRange<Int>, _ summary: String
    ) {
        self.init(
            key: key, kind: .whole(range), summary: summary,
            write: { settings, value in if case .whole(let whole) = value { settings[keyPath: path] = whole } },
            read: { $0[keyPath: path].map(Value.whole) })
    }

    private init(_ key: String, _ path: WritableKeyPath<ClusterSettings, String?> & Sendable, _ kind: Kind, _ summary: String) {
        self.init(
            key: key, kind: kind, summary: summary,
            write: { settings, value in if case .text(let text) = value { settings[keyPath: path] = text } },
            read: { $0[keyPath: path].map(Value.text) })
    }

    private init(_ key: String, _ path: WritableKeyPath<ClusterSettings, [String]> & Sendable, _ summary: String) {
        self.init(
            key: key, kind: .texts, summary: summary,
            write: { settings, value in if case .texts(let texts) = value { settings[keyPath: path] = texts } },
            read: { .texts($0[keyPath: path]) })
    }

    /// Settings of a whole pass: in a submission they are for that pass alone, the others for the runs.
    public static let ofPass: Set<String> = ["max_submitted", "starts_per_minute", "grace_seconds", "poll_seconds"]

    /// The names of the engines that this program has.
    public static let engines = ["slurm", "local", "manual"]

    /// All settings, in the order of the help text.
    public static let all: [ClusterField] = [
        ClusterField(
            key: "engine", kind: .choice(engines),
            summary:
                "what starts jobs: slurm, local (processes of this machine) or manual (nothing: a person runs `pcnlab train`)",
            write: { settings, value in if case .text(let text) = value { settings.engine = text } },
            read: { .text($0.engine) }),
        ClusterField("partition", \.partition, .word, "Slurm's partition"),
        ClusterField("account", \.account, .word, "Slurm's account"),
        ClusterField("qos", \.qos, .word, "Slurm's quality of service"),
        ClusterField(
            key: "time", kind: .time,
            summary: "the limit of a job's time; a run that needs more goes on in the next job",
            write: { settings, value in if case .time(let time) = value { settings.time = time } },
            read: { $0.time.map(Value.time) }),
        ClusterField("cpus", \.cpus, 1...1024, "processors of a job, and threads of its runs"),
        ClusterField("mem", \.mem, .word, "memory of a job, such as 4G"),
        ClusterField("gres", \.gres, .word, "generic resources of a job"),
        ClusterField("constraint", \.constraint, .word, "features that nodes must have, such as avx512"),
        ClusterField("exclude", \.exclude, .word, "nodes that jobs must not use"),
        ClusterField("reservation", \.reservation, .word, "Slurm's reservation"),
        ClusterField("nice", \.nice, 0...2_147_483_645, "how much the jobs' priority is lowered"),
        ClusterField("extra", \.extra, "more options for sbatch, each a text such as --mail-type=END"),
        ClusterField("array_parallelism", \.arrayParallelism, 1...100_000, "jobs of one array that run at a time"),
        ClusterField("max_submitted", \.maxSubmitted, 1...100_000, "jobs of the lab that wait or run at a time"),
        ClusterField("starts_per_minute", \.startsPerMinute, 1...100_000, "jobs that are allowed to start in a minute"),
        ClusterField(
            "pack_minutes", \.packMinutes, 0...100_000, "runs that are shorter share a job of about so many minutes; 0: none do"),
        ClusterField("setup", \.setup, "lines of shell before the program, such as \"module load openblas\""),
        ClusterField(
            "container", \.container, .text, "what runs the program in a container, such as \"apptainer exec image.sif\""),
        ClusterField("program", \.program, .text, "the path of pcnlab on the nodes (default: this program's)"),
        ClusterField("datasets", \.datasets, .text, "the folder of the data sets on the nodes (default: the one in use here)"),
        ClusterField("scratch", \.scratch, .text, "a folder of the node for temporary files (TMPDIR)"),
        ClusterField("signal_seconds", \.signalSeconds, 10...3600, "how long before its time limit a job is told to stop"),
        ClusterField("folder", \.folder, .text, "a folder that this machine and the nodes share (default: cluster, in the lab)"),
        ClusterField("poll_seconds", \.pollSeconds, 1...3600, "how often `cluster sync --watch` looks"),
        ClusterField(
            "grace_seconds", \.graceSeconds, 1...86_400,
            "how long a run whose job is gone, and which says nothing, is waited for before it is started again"),
    ]

    /// Options of sbatch that pcnlab sets itself, and why they are not taken from `extra`.
    private static let reserved: [(options: [String], setting: String?)] = [
        (["--partition", "-p"], "partition"), (["--account", "-A"], "account"), (["--qos", "-q"], "qos"),
        (["--time", "-t"], "time"),
        (["--cpus-per-task", "-c"], "cpus"), (["--mem"], "mem"), (["--gres"], "gres"), (["--constraint", "-C"], "constraint"),
        (["--exclude", "-x"], "exclude"), (["--reservation"], "reservation"), (["--nice"], "nice"),
        (["--signal"], "signal_seconds"), (["--array", "-a"], "array_parallelism"), (["--begin", "-b"], "starts_per_minute"),
        (
            [
                "--parsable", "--comment", "--job-name", "-J", "--output", "-o", "--error", "-e", "--requeue", "--no-requeue",
                "--open-mode", "--wrap", "--wait", "-W", "--test-only", "--dependency", "-d", "--ntasks", "-n", "--nodes", "-N",
                "--hold",
                "-H", "--export", "--input", "-i",
            ], nil
        ),
    ]

    /// Why a text cannot be among the `extra` options; nil if it can.
    static func refusal(ofExtra text: String) -> String? {
        guard text.hasPrefix("-"), !text.unicodeScalars.contains(where: \.isTerminalControl) else {
            return "expected an option of sbatch, such as \"--mail-type=END\""
        }
        for (options, setting) in reserved {
            // Long options may be shortened, and short ones may have their value attached.
            let hit = options.first { option in
                option.hasPrefix("--")
                    ? text.utf8.count > 2 && option.hasPrefix(text.prefix { $0 != "=" && $0 != " " }) && text.hasPrefix("--")
                    : text.hasPrefix(option) && !text.hasPrefix("--")
            }
            guard let hit else { continue }
            return setting.map { "\(hit) is set by the setting \($0)" } ?? "\(hit) is set by pcnlab itself"
        }
        return nil
    }
}
