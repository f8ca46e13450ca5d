import Foundation

/// Measures the engine in one run and writes down what it found: `make bench`.
///
/// Progress goes to stderr, the Markdown to stdout and, when all sections ran, to Benchmarks/RESULTS.md. Arguments name the
/// sections to run in place of all.
@main
struct Benchmarks {
    /// In the order of the report.
    static let sections: [Section] = [.sgemm, .steps, .stages, .evaluation, .torch, .memory, .accuracy]

    static func main() throws {
        Environment.useOwnBLASKernel()
        let arguments = CommandLine.arguments.dropFirst()
        if arguments.first == MemoryChild.command { return try MemoryChild.run(Array(arguments.dropFirst())) }
        for name in arguments where !sections.contains(where: { $0.name == name }) {
            Terminal.note("no section \(name); there are \(sections.map(\.name).joined(separator: ", "))")
            exit(64)
        }
        Environment.warnOfLoad()
        var report = ""
        func write(_ text: String) {
            report += text + "\n"
            Terminal.output(text + "\n")
        }
        write(Machine.preface)
        for section in sections where arguments.isEmpty || arguments.contains(section.name) {
            Terminal.note(section.name)
            write("## \(section.title)\n\n\(try section.measure())\n")
        }
        if arguments.isEmpty { try report.write(toFile: "Benchmarks/RESULTS.md", atomically: true, encoding: .utf8) }
    }
}

/// One part of the report.
struct Section: Sendable {
    let name: String
    let title: String
    /// Runs the measurements; returns Markdown.
    let measure: @Sendable () throws -> String
}
