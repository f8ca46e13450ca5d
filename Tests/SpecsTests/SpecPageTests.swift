import Foundation
import Testing

@testable import Specs

@Suite("The page of the spec")
struct SpecPageTests {
    @Test("docs/spec.md has a row for every setting, in the program's order and words")
    func settings() throws {
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../docs/spec.md")
        let rows = try String(contentsOf: page, encoding: .utf8).split(separator: "\n").filter { $0.hasPrefix("| `") }.map(
            String.init)
        #expect(rows == SettingField.all.map { "| `\($0.key)` | \($0.summary) | \($0.defaultText) |" })
    }

    @Test("its example is a spec of nine runs")
    func example() throws {
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../docs/spec.md")
        let blocks = try String(contentsOf: page, encoding: .utf8).components(separatedBy: "```")
        let spec = try #require(blocks.first { $0.hasPrefix("json\n") }).dropFirst("json\n".count)
        #expect(try Experiment.decode(Data(spec.utf8), file: "spec.json").runs.count == 9)
    }
}
