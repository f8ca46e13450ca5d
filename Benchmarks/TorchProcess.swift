import Foundation
import Specs

/// PyTorch in a separate process (torch_step.py), which takes one step for each line that it receives.
final class TorchProcess {
    struct Failure: Error {
        let line: String
        let reply: String
    }

    /// The environment variable with the path of a Python that has PyTorch.
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

    /// Peak resident memory, in bytes, of a process that takes two eager steps.
    static func peak(_ python: String, _ model: Settings) throws -> Int {
        let torch = try TorchProcess(python, threads: Environment.cores)
        _ = try torch.seconds(model, .eager)
        try torch.input.fileHandleForWriting.write(contentsOf: Data("peak\n".utf8))
        let reply = torch.reply()
        try torch.end()
        guard let bytes = Int(reply) else { throw Failure(line: "peak", reply: reply) }
        return bytes
    }

    func end() throws {
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    /// Reads the reply to a line: one line.
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
