import Foundation
import Specs

/// Measures a large lab and a tiny one, and checks the limits: `make load`.
///
/// Progress goes to stderr, the Markdown to stdout and, at full size, to Benchmarks/LOAD.md.
enum Load {
    static let command = "load"
    private static let report = "Benchmarks/LOAD.md"

    /// Returns whether every limit holds. Arguments are those of `LoadSize`.
    static func run(_ arguments: [String]) throws -> Bool {
        guard let size = LoadSize(arguments) else {
            Terminal.note("load takes --runs N and --rows N, each at least \(LoadSize.tinyQueue.grouped), for a smaller lab")
            exit(64)
        }
        let folder = FileManager.default.temporaryDirectory.appending(path: "pcnlab-load-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        Environment.warnOfLoad()
        let tiny = try LoadedLab(folder.appending(path: "tiny"), .tiny)
        let large = try LoadedLab(folder.appending(path: "large"), size)
        let bytes = try large.databaseBytes
        let checks = try WorkerTimes.checks(tiny, large) + ProgramTimes.checks(tiny, large) + ServiceTimes.checks(tiny, large)
        let markdown = """
            # Load

            Written by `make load` on \(Machine.date), in one run, on \(Machine.processor). The large lab has \(size), \
            \(bytes.gigabytes) GB; the tiny one \(LoadSize.tiny). Medians, measured in turn in both labs: of \
            \(ProgramTimes.rounds) runs for commands of the program, of \(WorkerTimes.rounds) or more for a worker's requests. On the \
            tiny side, `submit` writes to an empty folder.

            \(LoadCheck.table(checks))

            """
        Terminal.output(markdown)
        if size.isFull { try markdown.write(toFile: report, atomically: true, encoding: .utf8) }
        return checks.allSatisfy(\.holds)
    }
}
