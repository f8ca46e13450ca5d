import Foundation
import ProgramUnderTest
import Testing

@Suite("docs/export.md")
struct ExportDocumentTests {
    private static let text =
        (try? String(
            contentsOf: URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().appending(path: "docs/export.md"), encoding: .utf8)) ?? ""

    @Test("has commands that write a model, and Python code with which PyTorch and ONNX Runtime load it")
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
            let code = Self.text.components(separatedBy: "```python\n").dropFirst().compactMap {
                $0.components(separatedBy: "```").first
            }
            try #require(code.count == 2)
            if let python = Python.withSafetensors {
                let shown = try python.run(code[0] + "\nprint(tuple(forward(torch.zeros(2, 768)).shape))", in: program.folder)
                #expect(shown.status == 0 && shown.text == "(2, 10)\n", "\(shown.text)")
            }
            guard let python = Python.withONNX else { return }
            let shown = try python.run(code[1], in: program.folder)
            #expect(shown.status == 0 && shown.text.split(separator: ",").count == 5, "\(shown.text)")
        }
    }
}
