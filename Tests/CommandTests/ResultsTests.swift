import Foundation
import ProgramUnderTest
import Testing

/// The repository's `results/` folder: published runs, which `pcnlab import` reads.
@Suite("The published results")
struct ResultsTests {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static func names() -> [String] {
        let folder = root.appending(path: "results").path
        return ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { !$0.hasSuffix(".md") }.sorted()
    }

    @Test("have the report, plots and curves that the program makes of their rows", arguments: names())
    func regenerated(_ name: String) throws {
        try Program.inNewFolder { program in
            let published = Self.root.appending(path: "results/\(name)")
            let imported = try program.run("import", published.path)
            #expect(imported.status == 0, "\(imported.error)")
            let again = program.folder.appending(path: "again")
            let files = try FileManager.default.subpathsOfDirectory(atPath: published.path).sorted()
            let options = files.contains("checkpoints") ? ["--checkpoints"] : []
            #expect(try program.start(["publish", again.path] + options).finish().status == 0)
            #expect(try FileManager.default.subpathsOfDirectory(atPath: again.path).sorted() == files)
            #expect(files.contains("report.html") && files.contains { $0.hasPrefix("curves/") })
            // Seconds in runs.json are sums of the curves' rounded ones.
            for file in files where !["runs.json", "curves", "checkpoints"].contains(file) {
                let pair = [published, again].map { try? Data(contentsOf: $0.appending(path: file)) }
                #expect(pair[0] == pair[1], "\(name)/\(file)")
            }
        }
    }

    @Test("are each described in results/README.md", arguments: names())
    func described(_ name: String) throws {
        let page = try String(contentsOf: Self.root.appending(path: "results/README.md"), encoding: .utf8)
        #expect(page.contains("](\(name)/report.md)"))
    }
}
