import Foundation
import Lab
import ProgramUnderTest
import Tensors

/// Injects faults of mixed kinds, chosen by a seed, into a lab with workers, and checks the invariants after each.
final class Chaos {
    let seed: UInt64
    let faults: Int
    /// Seeds of the spec: three runs each.
    let seeds: Int

    /// The injected faults, in order.
    private(set) var injected: [FaultKind] = []
    var subject: Subject
    private var workers: [Program.Running] = []
    private var epochs = 20
    private var draws = 0

    init(_ program: Program, seed: UInt64, faults: Int, seeds: Int) throws {
        (self.seed, self.faults, self.seeds) = (seed, faults, seeds)
        subject = try Subject(program)
    }

    /// Injects all faults, then completes the runs. Returns their results and their number of epochs.
    func run() throws -> (results: [String: String], epochs: Int) {
        defer { end() }
        try subject.submit(seeds: seeds, epochs: epochs)
        for number in 1...faults {
            try keepBusy()
            let kind = chooseKind()
            do {
                try perform(kind)
                try subject.check()
            } catch {
                throw Broken("fault \(number) of seed \(seed), \(kind.rawValue): \(error)")
            }
            injected.append(kind)
        }
        end()
        try subject.checkNothingRuns()
        // An extension by mistake may have trained more epochs than the others have.
        epochs = try Lab(subject.program.lab).runs().map(\.epochs).reduce(epochs, max)
        try subject.submit(seeds: seeds, epochs: epochs)
        try subject.drain()
        try subject.check()
        return (try subject.program.results(), epochs)
    }

    /// Extends completed runs, so that there is always work.
    private func keepBusy() throws {
        let states = try Lab(subject.program.lab).stateCounts()
        if states[.queued, default: 0] + states[.running, default: 0] > 1 { return }
        epochs += 20
        try subject.submit(seeds: seeds, epochs: epochs)
    }

    // MARK: Workers

    func ensureWorker(rule: String? = nil) throws {
        workers.removeAll { !$0.process.isRunning }
        if let rule {
            workers.append(try subject.startWorker(rule: rule, isService: draw(3) == 0))
        } else if workers.isEmpty {
            let kind = draw(3)
            workers.append(try subject.startWorker(kind == 0 ? [] : ["--workers", "2"], isService: kind == 2))
        }
    }

    func end() {
        for worker in workers {
            kill(worker.process.processIdentifier, SIGKILL)
            worker.process.waitUntilExit()
        }
        workers = []
    }

    private func signal(_ worker: Program.Running, _ number: Int32) { kill(worker.process.processIdentifier, number) }

    // MARK: Faults

    private func perform(_ kind: FaultKind) throws {
        switch kind {
        case .removed:
            try ensureWorker()
            wait(0, 0.5)
            let runs = try Lab(subject.program.lab).runs().map(\.id)
            try subject.command("remove", runs[draw(runs.count)], "--yes")
            wait(0, 0.3)
            try subject.submit(seeds: seeds, epochs: epochs)
        case .extendedByMistake:
            try ensureWorker()
            try subject.submit(seeds: seeds, epochs: epochs + 3000)
            wait(0, 0.8)
            if draw(2) == 0 {
                try subject.command("cancel", "--experiment", "chaos", "--yes")
                try until { try settled { $0.request == nil } }
                try subject.submit(seeds: seeds, epochs: epochs)
                try subject.command("retry", "--state", "cancelled", "--yes")
            } else {
                try subject.submit(seeds: seeds, epochs: epochs)
            }
        case .paused:
            try ensureWorker()
            try subject.command("pause", "--experiment", "chaos", "--yes")
            wait(0, 0.4)
            try subject.command("resume", "--experiment", "chaos", "--yes")
            // A run whose worker read the request before it was withdrawn is queued again.
            try until { try settled { $0.state != .paused } }
        case .killed:
            try ensureWorker()
            wait(0.05, 0.8)
            end()
        case .killedAtPoint:
            let point = FaultPoint.all[draw(FaultPoint.all.count)]
            end()
            try ensureWorker(rule: point.rule(1 + draw(12)))
            wait(0.3, 1.2)
            end()
        case .terminated:
            try ensureWorker()
            wait(0.1, 0.6)
            for worker in workers {
                signal(worker, SIGTERM)
                try until { !worker.process.isRunning }
            }
        case .held:
            try ensureWorker()
            try suspended { wait(0.2, 1) }
        case .stoppedPastLease:
            try ensureWorker()
            wait(0.3, 0.5)
            try suspended {
                let other = try subject.startWorker()
                wait(Double(Lab.lease) / 1000 + 3, Double(Lab.lease) / 1000 + 5)
                signal(other, SIGTERM)
                try until { !other.process.isRunning }
            }
            wait(0.5, 1)
        case .diskFull: try switchedOn("full")
        case .denied: try switchedOn("denied")
        case .clockTurned: try switchedOn("clock", "\(draw(400_000_000) - 200_000_000)")
        case .busy:
            try ensureWorker()
            let seconds = 0.5 + 2 * fraction()
            try subject.holdingTheDatabase { Thread.sleep(forTimeInterval: seconds) }
        case .checkpointFlipped: try damageCheckpoint { flip(&$0) }
        case .checkpointCut: try damageCheckpoint { $0 = $0.map { $0.prefix(draw($0.count)) } }
        case .checkpointLost: try damageCheckpoint { $0 = nil }
        case .logCut:
            try damage(log) { $0 = $0.map { $0.prefix($0.count - draw(min($0.count, 20_000)) - 1) } }
            try repeatLostCommands()
        case .logFlipped:
            try damage(log) { flip(&$0) }
            try repeatLostCommands()
        }
    }

    /// Of a damaged log the last commits are lost, and a person's latest commands may be among them.
    private func repeatLostCommands() throws {
        try subject.submit(seeds: seeds, epochs: epochs)
        try subject.command("retry", "--state", "cancelled", "--yes")
        try subject.command("resume", "--state", "paused", "--yes")
    }

    /// Whether a condition holds for every run, when those of dead workers are released.
    private func settled(_ condition: (RunSummary) -> Bool) throws -> Bool {
        let lab = try Lab(subject.program.lab)
        try LabMaintenance(lab).run()
        return try lab.runs().allSatisfy(condition)
    }

    private func suspended(_ body: () throws -> Void) throws {
        wait(0.1, 0.4)
        for worker in workers { signal(worker, SIGSTOP) }
        defer { for worker in workers { signal(worker, SIGCONT) } }
        try body()
    }

    /// Enables a switch of the shim for a while.
    private func switchedOn(_ name: String, _ text: String = "") throws {
        try ensureWorker()
        let file = subject.switches.appending(path: name)
        wait(0, 0.3)
        try Data(text.utf8).write(to: file)
        wait(0.5, 3)
        try FileManager.default.removeItem(at: file)
    }

    // MARK: Chance

    private func chooseKind() -> FaultKind {
        var place = draw(FaultKind.allCases.reduce(0) { $0 + $1.weight })
        for kind in FaultKind.allCases {
            place -= kind.weight
            if place < 0 { return kind }
        }
        return .killed
    }

    /// A number in 0 ..< bound: a function of the seed and of the number of draws so far.
    func draw(_ bound: Int) -> Int {
        draws += 1
        return RandomStream(seed: seed, purpose: "chaos").integer(draws, below: bound)
    }

    private func fraction() -> Double { Double(draw(1_000_000)) / 1e6 }

    private func wait(_ shortest: Double, _ longest: Double) {
        Thread.sleep(forTimeInterval: shortest + (longest - shortest) * fraction())
    }
}
