import Foundation
import Lab
import ProgramUnderTest
import Tensors
import Testing

/// Faults of every part of a cluster, chosen by a seed, one after the other. `make chaos-cluster` injects many of them.
@Suite("A lab with a cluster, under every kind of fault", .serialized)
struct ClusterChaosTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let faults = environment["PCNLAB_CLUSTER_FAULTS"].flatMap(Int.init) ?? 5
    private static let seeds = (environment["PCNLAB_CLUSTER_SEEDS"] ?? "1").split(separator: ",").compactMap { UInt64($0) }

    @Test("loses nothing, trains nothing twice at a time, and ends with the bits of undisturbed runs", arguments: seeds)
    func harmed(_ seed: UInt64) throws {
        let isLong = Self.faults > 20
        let spec = { (epochs: Int) in
            ClusterLab.spec(epochs: epochs, parts: ["pcn", "low_rank"], seeds: Array(1...(isLong ? 10 : 3)))
        }
        for engine in TestEngine.available {
            try ClusterLab.with(
                engine, spec: spec(100), settings: ["signal_seconds": 10, "pack_minutes": 0],
                slurm: [
                    // What slurmctld does not save is lost with it: starts by backfill, for example.
                    "SchedulerParameters=sched_interval=1,batch_sched_delay=0,bf_interval=30", "SlurmdTimeout=6",
                    "BatchStartTimeout=1",
                ]
            ) { lab in
                let chaos = ClusterChaos(lab, seed: seed, spec: spec)
                defer { chaos.end() }
                try chaos.run(faults: Self.faults)
                print("seed \(seed), \(engine): \(Self.faults) faults, \(chaos.summary)")
            }
        }
    }
}

/// Injects faults into a lab with a cluster.
final class ClusterChaos {
    enum Fault: String, CaseIterable {
        case controllerKilled, controllerTwice, trainerKilled, trainerTold, jobCancelled, engineKilled, nodeKilled, nodeOff,
            allKilled
        case fileDelayed, fileDuplicated, journalTorn, clockTurned, paused, givenBack

        /// How often it is chosen. Those after which Slurm needs half a minute are rarer.
        var weight: Int {
            switch self {
            case .allKilled: 1
            case .engineKilled, .nodeKilled, .nodeOff: 3
            case .controllerTwice, .paused, .givenBack, .clockTurned, .jobCancelled: 4
            case .controllerKilled, .trainerKilled, .trainerTold, .fileDelayed, .fileDuplicated, .journalTorn: 6
            }
        }

        var needsSlurm: Bool { [.engineKilled, .nodeKilled, .nodeOff].contains(self) }
    }

    private let lab: ClusterLab
    private let spec: (Int) -> String
    private let random: RandomStream
    private var draws = 0
    private var epochs = 100
    private var controller: Program.Running?
    private var counts: [Fault: Int] = [:]
    private var mostAtATime = 0

    struct Broken: Error, CustomStringConvertible { let description: String }

    init(_ lab: ClusterLab, seed: UInt64, spec: @escaping (Int) -> String) {
        (self.lab, self.spec) = (lab, spec)
        random = RandomStream(seed: seed, purpose: "cluster chaos")
    }

    var summary: String {
        "\(epochs) epochs: " + Fault.allCases.map { "\($0.rawValue) \(counts[$0, default: 0])" }.joined(separator: ", ")
    }

    func run(faults: Int) throws {
        try lab.submit()
        for number in 1...faults {
            try keepBusy()
            try ensureController()
            wait(0.3, 1.5)
            let fault = chooseFault()
            do {
                try perform(fault)
                try check()
            } catch { throw Broken(description: "fault \(number), \(fault.rawValue): \(error)") }
            counts[fault, default: 0] += 1
        }
        end()
        try lab.slurm?("revive", "all")
        // Runs that were given back go to the cluster again; what a person stopped goes on.
        try lab.run("resume", "--state", "paused", "--yes")
        try lab.run("cluster", "submit")
        try lab.sync { try self.lab.states().values.allSatisfy { $0 == .completed } }
        try lab.compare(with: spec(epochs))
    }

    func end() {
        if let controller {
            kill(controller.process.processIdentifier, SIGKILL)
            controller.process.waitUntilExit()
        }
        controller = nil
    }

    private func ensureController() throws {
        if controller?.process.isRunning != true { controller = try lab.start("cluster", "sync", "--watch") }
    }

    /// Extends the runs when few are left, so that there is always work.
    private func keepBusy() throws {
        let left = try lab.states().values.count { $0 != .completed }
        guard left < 3 else { return }
        epochs += 60
        try lab.run("submit", lab.program.spec(spec(epochs)))
        try lab.run("cluster", "submit")
    }

    /// What must hold at any time.
    private func check() throws {
        try lab.check()
        for run in try lab.ids() {
            let trainers = lab.trainers(of: run).count
            mostAtATime = max(mostAtATime, trainers)
            // A second one watches the first and ends.
            guard trainers <= 2 else { throw Broken(description: "run \(run) is trained \(trainers) times at a time") }
        }
        let states = try lab.lab.runs()
        for run in states where [.failed, .diverged, .cancelled].contains(run.state) {
            throw Broken(description: "run \(run.id) is \(run.state): \(run.error ?? "")")
        }
    }

    // MARK: Faults

    private func chooseFault() -> Fault {
        let all = Fault.allCases.filter { lab.slurm != nil || !$0.needsSlurm }
        var place = draw(all.reduce(0) { $0 + $1.weight })
        for fault in all {
            place -= fault.weight
            if place < 0 { return fault }
        }
        return .trainerKilled
    }

    /// A number in 0 ..< bound, by the seed and the number of draws so far.
    private func draw(_ bound: Int) -> Int {
        draws += 1
        return random.integer(draws, below: bound)
    }

    private func any<Element>(_ elements: [Element]) -> Element? { elements.isEmpty ? nil : elements[draw(elements.count)] }

    private func wait(_ shortest: Double, _ longest: Double) {
        Thread.sleep(forTimeInterval: shortest + (longest - shortest) * Double(draw(1000)) / 1000)
    }

    private func anyTrainer() -> Int32? { any(lab.trainers().sorted()) }

    private func anyStart() throws -> URL? {
        let runs = try lab.ids().flatMap { try lab.journals(of: $0) }.map { $0.deletingLastPathComponent() }
        return any(runs.sorted { $0.path < $1.path })
    }

    private func perform(_ fault: Fault) throws {
        let nodes = ["n1", "n2", "n3"]
        switch fault {
        case .controllerKilled: end()
        case .controllerTwice:
            let second = try lab.start("cluster", "sync")
            _ = try second.finish()
        case .trainerKilled: if let process = anyTrainer() { kill(process, SIGKILL) }
        case .trainerTold: if let process = anyTrainer() { kill(process, draw(2) == 0 ? SIGTERM : SIGUSR1) }
        case .jobCancelled:
            if let slurm = lab.slurm {
                try slurm.slurm("scancel", "--user=root")
            } else {
                for process in lab.trainers() { kill(process, SIGTERM) }
            }
        case .engineKilled:
            try lab.slurm?("kill", "controller")
            wait(0, 4)
            try lab.slurm?("revive", "controller")
        case .nodeKilled:
            let node = nodes[draw(3)]
            try lab.slurm?("kill", node)
            wait(0, 2)
            if draw(2) == 0 { try lab.slurm?("down", node) }
            wait(0, 3)
            try lab.slurm?("revive", node)
        case .nodeOff:
            let node = nodes[draw(3)]
            try lab.slurm?("power-off", node)
            try lab.slurm?("down", node)
            wait(0, 2)
            try lab.slurm?("revive", node)
        case .allKilled:
            end()
            try lab.slurm?("kill", "all")
            for process in lab.trainers() { kill(process, SIGKILL) }
            try lab.slurm?("revive", "all")
        case .fileDelayed:
            // A file server that shows a folder as it was before.
            guard let start = try anyStart() else { return }
            let hidden = start.deletingLastPathComponent().appending(path: ".\(start.lastPathComponent)")
            guard rename(start.path, hidden.path) == 0 else { return }
            wait(0.5, 3)
            rename(hidden.path, start.path)
        case .fileDuplicated:
            guard let start = try anyStart() else { return }
            try? FileManager.default.copyItem(
                at: start, to: start.deletingLastPathComponent().appending(path: start.lastPathComponent + ".copy"))
        case .journalTorn:
            guard let process = anyTrainer(), let start = try anyStart() else { return }
            kill(process, SIGKILL)
            let journal = start.appending(path: "journal.jsonl")
            guard let handle = try? FileHandle(forUpdating: journal) else { return }
            let size = try handle.seekToEnd()
            if size > 400 { try handle.truncate(atOffset: size - UInt64(1 + draw(200))) }
            try handle.close()
        case .clockTurned:
            let folder = lab.program.folder.appending(path: "switches")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data("\(draw(400_000_000) - 200_000_000)".utf8).write(
                to: folder.appending(path: "clock"))
            let shim = Program.executable.deletingLastPathComponent().appending(path: "libFaultShim.so")
            let turned = try lab.program.start(
                ["cluster", "sync"],
                environment: lab.environment.merging(["LD_PRELOAD": shim.path, "PCNLAB_FAULT_SWITCHES": folder.path]) { $1 })
            _ = try turned.finish()
        case .paused:
            try lab.run("pause", "--experiment", "a", "--yes")
            wait(0.2, 2)
            try lab.run("resume", "--experiment", "a", "--yes")
            try until { try self.lab.lab.runs().allSatisfy { $0.state != .paused || $0.request == nil } }
            try lab.run("resume", "--state", "paused", "--yes")
        case .givenBack:
            try lab.run("cluster", "cancel", "--yes")
            wait(0.2, 2)
            try lab.run("cluster", "submit")
        }
    }
}
