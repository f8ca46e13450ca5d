import Foundation
import Lab
import ProgramUnderTest
import Synchronization
import Testing

/// The engines on which every scenario is run.
enum TestEngine: String, CaseIterable, CustomTestStringConvertible {
    case local, slurm

    var testDescription: String { rawValue }

    /// `make test-cluster` runs them on Slurm, `make test` on processes of this machine.
    static var available: [TestEngine] { ProcessInfo.processInfo.environment["PCNLAB_SLURM"] == nil ? [.local] : [.slurm] }
}

/// A lab whose runs are trained by jobs of an engine, as a user has it.
final class ClusterLab {
    let engine: TestEngine
    let program: Program
    /// The lab, as another process sees it.
    let lab: Lab
    /// Nil for local jobs.
    let slurm: VirtualCluster?
    private(set) var environment: [String: String]
    /// The spec that was submitted last.
    private(set) var spec: String

    /// Three runs of some seconds each.
    static func spec(epochs: Int, parts: [String] = ["pcn", "mlp", "low_rank"], seeds: [Int] = [1], more: String = "") -> String {
        """
        {"name": "a", "architecture": "linearnet", "dataset": "shapes", "train_samples": 4000, "test_samples": 200,
         "widths": [64, 48], "input_scale": "standard", "batch_size": 50, "optimizer": "adam", "learning_rate": 1e-3,
         "epochs": \(epochs), "sweep": {"linear": ["\(parts.joined(separator: "\", \""))"], "seed": \(seeds)}\(more)}
        """
    }

    /// Runs `body` with a lab in which the spec's runs are queued.
    /// - Parameters:
    ///   - settings: members of cluster.json beside those that make tests short.
    ///   - slurm: lines of slurm.conf.
    static func with(
        _ engine: TestEngine, spec: String = spec(epochs: 40), settings: [String: Any] = [:], slurm: [String] = [],
        _ body: (ClusterLab) throws -> Void
    ) throws {
        try Program.inNewFolder { program in
            let cluster = engine == .slurm ? try VirtualCluster(slurm) : nil
            defer { cluster?.stop() }
            let lab = try ClusterLab(engine, program, cluster, spec)
            try lab.write(settings)
            defer { lab.endJobs() }
            try body(lab)
        }
    }

    private init(_ engine: TestEngine, _ program: Program, _ slurm: VirtualCluster?, _ spec: String) throws {
        (self.engine, self.program, self.slurm, self.spec) = (engine, program, slurm, spec)
        environment = slurm?.environment ?? [:]
        let submitted = try program.run("submit", program.spec(spec))
        try #require(submitted.status == 0, "\(submitted)")
        lab = try Lab(program.lab)
    }

    /// Writes cluster.json.
    func write(_ settings: [String: Any]) throws {
        var all: [String: Any] = [
            "engine": engine.rawValue, "poll_seconds": 1, "starts_per_minute": 1000, "pack_minutes": 0, "grace_seconds": 6,
            "signal_seconds": 50, "array_parallelism": 6,
        ]
        // Slurm counts from the nodes' two processors; a small machine has fewer.
        all.merge(settings) { $1 }
        try JSONSerialization.data(withJSONObject: all).write(to: program.lab.appending(path: "cluster.json"))
    }

    /// Programs in this folder are found before the system's.
    func prefixPath(_ folder: URL) {
        environment["PATH"] = folder.path + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "")
    }

    @discardableResult
    func run(_ arguments: String...) throws -> Program.Output { try program.start(arguments, environment: environment).finish() }

    func start(_ arguments: String...) throws -> Program.Running { try program.start(arguments, environment: environment) }

    @discardableResult
    func submit(_ arguments: String...) throws -> Program.Output {
        let output = try program.start(["cluster", "submit"] + arguments, environment: environment).finish()
        try #require(output.status == 0, "\(output)")
        return output
    }

    /// - Parameter statuses: exit codes that are no error.
    @discardableResult
    func sync(_ statuses: [Int32] = [0]) throws -> Program.Output {
        let output = try run("cluster", "sync")
        try #require(statuses.contains(output.status), "\(output)")
        try check()
        return output
    }

    /// Syncs until something holds.
    func sync(_ statuses: [Int32] = [0], until condition: () throws -> Bool) throws {
        try until {
            try sync(statuses)
            return try condition()
        }
    }

    /// Submits the spec again with so few epochs that its runs end soon.
    func shorten() throws {
        let trained = try ids().map { try epoch(of: $0) }.max() ?? 0
        spec = spec.replacing(#/"epochs": \d+/#, with: "\"epochs\": \(trained + 60)")
        let output = try program.run("submit", program.spec(spec))
        try #require(output.status == 0, "\(output)")
        // What was trained meanwhile stays.
        let longest = try lab.runs().map(\.epochs).max() ?? 0
        if longest > trained + 60 {
            spec = spec.replacing(#/"epochs": \d+/#, with: "\"epochs\": \(longest)")
            try program.run("submit", program.spec(spec))
        }
    }

    /// Syncs until no run is the engine's any more, and compares what came of them with runs of this machine, to the bit.
    func drain() throws {
        try sync { try self.states().values.allSatisfy { $0 == .completed } }
        try compare()
    }

    func compare(with other: String? = nil) throws {
        let expected = try Reference.results(of: other ?? spec), found = try program.results(), log = try program.run("log").out
        #expect(found == expected, "\(log)")
    }

    func states() throws -> [String: RunState] { try lab.states(of: ids()) }

    /// The ids of the runs, in order of submission.
    func ids() throws -> [String] { try lab.runs().map(\.id) }

    func epoch(of run: String) throws -> Int { try lab.epoch(of: run) }

    func summary(of run: String) throws -> RunSummary { try lab.runs(RunFilter(ids: [run]))[0] }

    /// What must hold after every pass.
    func check() throws {
        let damage = try lab.damage()
        #expect(damage.isEmpty, "\(damage)")
        let live = Set(try lab.remoteAttempts().map(\.run))
        for run in try lab.runs() {
            let epochs = try lab.epochs(of: run.id).map(\.epoch)
            #expect(epochs == Array(1..<epochs.count + 1), "run \(run.id) has rows \(epochs)")
            if run.state == .running { #expect(live.contains(run.id), "run \(run.id) is running without a job") }
            var latest = 0
            for event in try lab.events(of: run.id) {
                #expect(event.kind != "not reproduced", "run \(run.id): \(event.detail ?? "")")
                guard let attempt = event.attempt else { continue }
                #expect(attempt >= latest, "run \(run.id): attempt \(attempt) wrote “\(event.kind)” after attempt \(latest)")
                latest = attempt
            }
        }
    }

    /// Processes that train a bundle of this lab.
    func trainers(of run: String? = nil) -> [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.filter { process in
            guard let text = try? String(contentsOfFile: "/proc/\(process)/cmdline", encoding: .utf8) else { return false }
            let words = text.split(separator: "\0").map(String.init)
            guard words.count > 1, words[0].hasSuffix("pcnlab"), words[1] == "train" else { return false }
            guard words.contains(where: { $0.contains(program.folder.lastPathComponent) }) else { return false }
            guard let run else { return true }
            guard let list = words.firstIndex(of: "--list"),
                let text = try? String(contentsOfFile: words[list + 1], encoding: .utf8)
            else { return false }
            return text.contains(run)
        }
    }

    /// Ends what a failed test may have left.
    func endJobs() {
        if slurm == nil { for process in trainers() { kill(process, SIGKILL) } }
    }
}

/// What runs give when workers of this machine train them without interruption.
enum Reference {
    private static let known = Mutex<[String: [String: String]]>([:])

    static func results(of spec: String) throws -> [String: String] {
        try known.withLock { known in
            if let results = known[spec] { return results }
            var results: [String: String] = [:]
            try Program.inNewFolder { program in
                try program.run("submit", program.spec(spec))
                let work = try program.run("work", "--drain", "--threads", "1")
                try #require(work.status == 0, "\(work)")
                results = try program.results()
            }
            known[spec] = results
            return results
        }
    }
}
