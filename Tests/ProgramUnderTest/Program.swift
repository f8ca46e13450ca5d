import Foundation

/// The built program, run as a user runs it, in a folder and a lab of its own.
public struct Program {
    public struct Output {
        public let status: Int32
        public let out: String
        public let error: String
        public var lines: [String] { out.split(separator: "\n").map(String.init) }
    }

    public let folder: URL

    public init(folder: URL) { self.folder = folder }

    public var lab: URL { folder.appending(path: ".pcnlab") }

    /// The program lies beside the tests' own executable.
    public static let executable: URL = {
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        return URL(fileURLWithPath: tests).deletingLastPathComponent().appending(path: "pcnlab")
    }()

    /// That of the tests, without what would lead the program to a person's own lab, data or service.
    public static var environment: [String: String] {
        ProcessInfo.processInfo.environment.filter { name, _ in
            !["PCNLAB_HOME", "PCNLAB_DATASETS", "PCNLAB_SERVER", "PCNLAB_TOKEN", "NO_COLOR"].contains(name)
        }
    }

    /// A new empty folder, removed afterwards.
    public static func inNewFolder(_ body: (Program) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "pcnlab-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(Program(folder: folder))
    }

    /// A shell starts jobs in the background with SIGINT ignored, which the program would inherit from the tests.
    private static let takesInterrupts: Void = { _ = signal(SIGINT, SIG_DFL) }()

    /// Starts the program; its output goes to files, so that no pipe can fill up.
    public func start(_ arguments: [String], environment: [String: String] = [:]) throws -> Running {
        let process = Process()
        process.executableURL = Self.executable
        process.arguments = arguments
        process.currentDirectoryURL = folder
        var variables = Self.environment
        variables["XDG_CONFIG_HOME"] = folder.appending(path: "config").path
        variables["PCNLAB_DATASETS"] = folder.appending(path: "datasets").path
        variables.merge(environment) { $1 }
        process.environment = variables
        let files = ["out", "error"].map { folder.appending(path: "\($0)-\(UUID().uuidString)") }
        for file in files { try Data().write(to: file) }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: files[0])
        process.standardError = try FileHandle(forWritingTo: files[1])
        _ = Self.takesInterrupts
        try process.run()
        return Running(process: process, files: files)
    }

    public struct Running {
        public let process: Process
        let files: [URL]

        /// The standard output so far.
        public var output: String { (try? String(contentsOf: files[0], encoding: .utf8)) ?? "" }
        /// The standard error so far: the log of a worker.
        public var log: String { (try? String(contentsOf: files[1], encoding: .utf8)) ?? "" }

        /// Waits for the end.
        public func finish() throws -> Output {
            process.waitUntilExit()
            let texts = try files.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
            let isSignal = process.terminationReason == .uncaughtSignal
            return Output(
                status: isSignal ? -process.terminationStatus : process.terminationStatus, out: texts[0], error: texts[1])
        }
    }

    @discardableResult
    public func run(_ arguments: String..., environment: [String: String] = [:]) throws -> Output {
        try start(arguments, environment: environment).finish()
    }

    /// Writes a spec into the folder and returns its name.
    public func spec(_ text: String, _ name: String = "spec.json") throws -> String {
        try Data(text.utf8).write(to: folder.appending(path: name))
        return name
    }

    /// `status --json`, by run id.
    public func status() throws -> [String: [String: Any]] {
        let data = Data(try run("status", "--json").out.utf8)
        guard let list = try JSONSerialization.jsonObject(with: data) as? [[String: Any]] else { throw NoList() }
        return Dictionary(uniqueKeysWithValues: list.compactMap { run in (run["id"] as? String).map { ($0, run) } })
    }

    /// `status --json` printed something else.
    struct NoList: Error {}

    /// Every run's digest of weights and curve, by id: what must be the same to the bit.
    public func results() throws -> [String: String] {
        try run("report", "--curves", "curves")
        let runs = try status()
        return try Dictionary(
            uniqueKeysWithValues: runs.map { id, run in
                let name = "\(run["model"] ?? "")-\(run["dataset"] ?? "")-s\(run["seed"] ?? "")-\(id.prefix(8))"
                let curve = folder.appending(path: "curves/\(run["experiment"] ?? "")/\(name).csv")
                return (id, "\(run["weights_sha256"] ?? "none")\n" + (try String(contentsOf: curve, encoding: .utf8)))
            })
    }
}

/// Small runs that still take some time: one for each linear part.
public func smallSpec(_ name: String, epochs: Int, samples: Int = 600, more: String = "") -> String {
    """
    {"name": "\(name)", "architecture": "linearnet", "dataset": "shapes", "train_samples": \(samples), "test_samples": 200,
     "widths": [64, 48], "input_scale": "standard", "batch_size": 50, "optimizer": "adam", "learning_rate": 1e-3,
     "epochs": \(epochs), "sweep": {"linear": ["pcn", "mlp", "low_rank"]}\(more)}
    """
}
