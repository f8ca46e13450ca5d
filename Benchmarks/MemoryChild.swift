import Foundation
import Networks
import Specs
import Tensors

/// A training step in a process of its own, so that its peak of memory is the step's alone.
struct MemoryChild: Codable {
    static let command = "memory-child"

    let need: MemoryNeed
    let workspace: Int
    /// Resident before the network was made, at most.
    let start: Int
    let peak: Int
    /// Beyond what any training of this network would hold.
    var beyond: Int { peak - start - need.total }

    static func measure(_ linear: Linear, _ widths: [Int], d: Int, batch: Int) throws -> MemoryChild {
        let widthsText = widths.map(String.init).joined(separator: ",")
        Terminal.note("memory: \(linear.name) \(widthsText)")
        return try Child.figures([command, linear.name, widthsText, String(d), String(batch)])
    }

    /// The child's side: arguments as `measure` gives them.
    static func run(_ arguments: [String]) throws {
        let (linear, d, batch) = (Linear.named(arguments[0])!, Int(arguments[2])!, Int(arguments[3])!)
        let widths = arguments[1].split(separator: ",").map { Int($0)! }
        let start = MemoryStatus.peak
        let plan = NetworkPlan(LinearPart.named(arguments[0])!.build(LinearPartShape(widths: widths, d: d, batch: batch)))
        let step = TrainingStep(plan, batch: batch, workers: Workers(threads: Environment.cores))
        step.run()
        step.run()
        let needs = plan.layers.map { $0.workspace(batch: batch) }
        let perThread = needs.map(\.perThread).max() ?? 0, shared = needs.map(\.shared).max() ?? 0
        try Child.write(
            MemoryChild(
                need: MemoryNeed(linear, widths, d: d, batch: batch), workspace: 4 * (Environment.cores * perThread + shared),
                start: start, peak: MemoryStatus.peak))
    }
}

/// What Linux says of memory, in bytes; 0 elsewhere.
enum MemoryStatus {
    /// The most that this process ever had resident. (getrusage's figure would be the parent's where that was larger.)
    static var peak: Int { field("VmHWM", of: "/proc/self/status") }
    /// What the machine can still give.
    static var available: Int { field("MemAvailable", of: "/proc/meminfo") }

    private static func field(_ name: String, of file: String) -> Int {
        let lines = (try? String(contentsOfFile: file, encoding: .utf8))?.split(separator: "\n") ?? []
        let line = lines.first { $0.hasPrefix("\(name):") }
        return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
    }
}
