import Foundation
import Networks
import Specs
import Tensors

/// Training steps in a separate process, whose memory peak is that of the steps.
struct MemoryChild: Codable {
    static let command = "memory-child"

    let need: MemoryNeed
    let workspace: Int
    /// Peak resident memory before the network was created.
    let start: Int
    let peak: Int
    /// Memory beyond parameters, activations and their gradients.
    var overhead: Int { peak - start - need.total }

    static func measure(_ linear: Linear, _ widths: [Int], d: Int, batch: Int) throws -> MemoryChild {
        let widthsText = widths.map(String.init).joined(separator: ",")
        Terminal.note("memory: \(linear.name) \(widthsText)")
        return try Child.figures([command, linear.name, widthsText, String(d), String(batch)])
    }

    /// Called in the child with the arguments that `measure` passes.
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

/// Linux's memory figures in bytes; 0 on other systems.
enum MemoryStatus {
    /// Peak resident memory of this process. (getrusage would return the parent's if that was larger.)
    static var peak: Int { field("VmHWM", of: "/proc/self/status") }
    /// Memory available on the machine.
    static var available: Int { field("MemAvailable", of: "/proc/meminfo") }

    private static func field(_ name: String, of file: String) -> Int {
        let lines = (try? String(contentsOfFile: file, encoding: .utf8))?.split(separator: "\n") ?? []
        let line = lines.first { $0.hasPrefix("\(name):") }
        return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
    }
}
