import Foundation
import Specs

/// PyTorch in a process of its own, which takes a step for each line that it is sent (torch_step.py) and waits between them.
final class TorchProcess {
    struct Failure: Error {
        let line: String
        let reply: String
    }

    /// Names a Python that has PyTorch.
    static let variable = "PCNLAB_BENCH_PYTHON"

    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private(set) var version = ""

    init(_ python: String, threads: Int) throws {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [python, "Benchmarks/torch_step.py", String(threads)]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        version = reply()
        if version.isEmpty { throw Failure(line: "import torch", reply: version) }
    }

    /// Seconds of the second of two steps.
    func seconds(_ model: Settings, _ way: TorchWay) throws -> Double {
        let line = "\(model.architecture.name) \(model.linear.name) \(model.batchSize) \(way.rawValue)"
        try input.fileHandleForWriting.write(contentsOf: Data("\(line)\n".utf8))
        let reply = reply()
        guard let seconds = Double(reply) else { throw Failure(line: line, reply: reply) }
        return seconds
    }

    func end() throws {
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    /// The next line; it is all that is there, as every line answers one of ours.
    private func reply() -> String {
        var text = ""
        while !text.hasSuffix("\n") {
            let data = output.fileHandleForReading.availableData
            if data.isEmpty { break }
            text += String(decoding: data, as: UTF8.self)
        }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
