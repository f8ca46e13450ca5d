import Foundation

/// Measures the engine and writes a report: `make bench`. With `load`, measures a large lab: `make load`.
///
/// Progress goes to stderr, the Markdown to stdout and, if all sections ran, to Benchmarks/RESULTS.md. Arguments select sections;
/// without arguments all sections run.
@main
struct Benchmarks {
    /// In the order of the report.
    static let sections: [Section] = [.sgemm, .steps, .makespan, .evaluation, .torch, .batches, .memory, .accuracy]

    private static let report = "Benchmarks/RESULTS.md"

    static func main() throws {
        Environment.useOwnBLASKernel()
        let arguments = CommandLine.arguments.dropFirst()
        switch arguments.first {
        case MemoryChild.command: return try MemoryChild.run(Array(arguments.dropFirst()))
        case StepPeak.command: return try StepPeak.run(Array(arguments.dropFirst()))
        case Load.command: exit(try Load.run(Array(arguments.dropFirst())) ? 0 : 1)
        default: break
        }
        for name in arguments where !sections.contains(where: { $0.name == name }) {
            Terminal.note("no section \(name); expected one of \(sections.map(\.name).joined(separator: ", "))")
            exit(64)
        }
        if arguments.isEmpty, !FileManager.default.fileExists(atPath: report) {
            Terminal.note("\(report) not found; run in the root folder of the repository")
            exit(66)
        }
        Environment.warnOfLoad()
        var markdown = ""
        func write(_ text: String) {
            markdown += text + "\n"
            Terminal.output(text + "\n")
        }
        write(Machine.preface)
        for section in sections where arguments.isEmpty || arguments.contains(section.name) {
            Terminal.note(section.name)
            write("## \(section.title)\n\n\(section.markdown)\n")
        }
        if arguments.isEmpty { try markdown.write(toFile: report, atomically: true, encoding: .utf8) }
    }
}

/// One part of the report.
struct Section: Sendable {
    let name: String
    let title: String
    /// Runs the measurements; returns Markdown.
    let measure: @Sendable () throws -> String

    /// The measurements, or the error: a section that fails does not end the others.
    var markdown: String {
        do { return try measure() } catch { return "Not measured: \(error)" }
    }
}
