import Foundation
import ProgramUnderTest
import Testing

@Suite("docs/export.md")
struct ExportDocumentTests {
    private static let text =
        (try? String(
            contentsOf: URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().appending(path: "docs/export.md"), encoding: .utf8)) ?? ""

    @Test("has commands that write a model, and Python code that ONNX Runtime runs on it")
    func commands() throws {
        let commands = Self.text.split(separator: "\n").filter { $0.hasPrefix("$ pcnlab export ") }
        try #require(!commands.isEmpty)
        try Program.inNewFolder { program in
            let id = String(
                try #require(try program.run("submit", program.spec(smallSpec("a", epochs: 1))).lines.first?.prefix(16)))
            try program.run("work", "--drain")
            for command in commands {
                let words = command.split(separator: " ").dropFirst(2).map { $0 == "a1fb48a3" ? id : String($0) }
                #expect(try program.start(words).finish().status == 0, "\(command)")
            }
            let code = try #require(Self.text.components(separatedBy: "```python\n").last?.components(separatedBy: "```").first)
            guard let python = Python.withONNX else { return }
            let shown = try python.run(code, in: program.folder)
            #expect(shown.status == 0 && shown.text.split(separator: ",").count == 5, "\(shown.text)")
        }
    }
}
