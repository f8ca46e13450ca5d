import Foundation
import Lab
import ProgramUnderTest

/// A lab under test, and its workers.
struct Subject {
    let program: Program
    private(set) var submitted: Set<String> = []

    init(_ program: Program) throws {
        self.program = program
        try FileManager.default.createDirectory(at: switches, withIntermediateDirectories: true)
    }

    /// The folder of the shim's switches.
    var switches: URL { program.folder.appending(path: "switches") }

    static let everyPart = ["pcn", "mlp", "low_rank"]

    /// Results of undisturbed runs.
    static func undisturbed(seeds: Int, epochs: Int, linear: [String] = everyPart) throws -> [String: String] {
        var results: [String: String] = [:]
        try Program.inNewFolder { program in
            var subject = try Subject(program)
            try subject.submit(seeds: seeds, epochs: epochs, linear: linear)
            try subject.drain()
            results = try program.results()
        }
        return results
    }

    /// Small runs, one for each linear part and seed, with frequent checkpoints.
    static func spec(seeds: Int, epochs: Int, linear: [String]) -> String {
        let list = (1...seeds).map(String.init).joined(separator: ", ")
        let parts = linear.map { "\"\($0)\"" }.joined(separator: ", ")
        return """
            {"name": "chaos", "architecture": "linearnet", "dataset": "shapes", "train_samples": 200, "test_samples": 40, "d": 3,
             "widths": [16], "input_scale": "standard", "batch_size": 20, "learning_rate": 1e-3, "optimizer": "adam",
             "epochs": \(epochs), "checkpoint_every": 3, "sweep": {"linear": [\(parts)], "seed": [\(list)]}}
            """
    }

    /// Queues the runs, or extends them.
    mutating func submit(seeds: Int, epochs: Int, linear: [String] = everyPart) throws {
        let output = try program.run("submit", program.spec(Self.spec(seeds: seeds, epochs: epochs, linear: linear)))
        guard output.status == 0 else { throw Broken("submit: \(output.error)") }
        submitted.formUnion(output.lines.compactMap { $0.split(separator: " ").first.map(String.init) })
    }

    /// Runs a command that must end with 0.
    func command(_ arguments: String...) throws {
        let output = try program.start(arguments).finish()
        guard output.status == 0 else { throw Broken("\(arguments.joined(separator: " ")): \(output.status), \(output.error)") }
    }

    /// Starts a worker with the shim; with a rule, the shim kills or stops it at a call.
    /// - Parameter isService: whether the worker is a `serve` that also trains.
    func startWorker(_ options: [String] = [], rule: String? = nil, isService: Bool = false) throws -> Program.Running {
        let shim = Program.executable.deletingLastPathComponent().appending(path: "libFaultShim.so")
        var environment = ["LD_PRELOAD": shim.path, "PCNLAB_FAULT_SWITCHES": switches.path]
        if let rule { environment["PCNLAB_FAULT"] = rule }
        if isService {
            return try program.start(["serve", "--port", "0", "--workers", "2", "--threads", "1"], environment: environment)
        }
        return try program.start(["work", "--threads", "1"] + options, environment: environment)
    }

    /// Trains all queued runs, without faults.
    func drain() throws {
        let output = try program.run("work", "--drain", "--workers", "2", "--threads", "1")
        guard output.status == 0 else { throw Broken("work --drain ended with \(output.status): \(output.error)") }
    }
}

/// A violated invariant.
struct Broken: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
