import Foundation
import ProgramUnderTest
import Specs
import Testing

/// The program on a graph in Cora's official text, of Cora's size, drawn here.
@Suite("Cora")
struct CoraTests {
    /// Papers cite papers of their own class, and have more of its words.
    private static func write(to folder: URL) throws {
        let cora = DatasetName.cora, papers = try #require(cora.nodes)
        var state: UInt64 = 1
        func draw(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % count
        }
        var content = "", cites = ""
        for paper in 0..<papers {
            var words = [Character](repeating: "0", count: cora.channels)
            for index in 0..<20 {
                let word = draw(cora.channels / 7) * 7
                words[index < 8 ? word + paper % 7 : min(cora.channels - 1, word + draw(7))] = "1"
            }
            content += "p\(paper)\t" + words.map(String.init).joined(separator: "\t") + "\t\(cora.classNames[paper % 7])\n"
        }
        for _ in 0..<5_429 {
            let paper = draw(papers - 7)
            cites += "p\(paper)\tp\((paper % 7 + 7 * draw(papers / 7)) % papers)\n"
        }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try content.write(to: folder.appending(path: "cora.content"), atomically: true, encoding: .utf8)
        try cites.write(to: folder.appending(path: "cora.cites"), atomically: true, encoding: .utf8)
    }

    @Test("is checked, trained on with stored weights, points and a low rank, and reported with 23,063 dense parameters")
    func run() throws {
        try Program.inNewFolder { program in
            let missing = try program.run("data", "verify", "cora")
            #expect(missing.status == 66 && missing.error.contains("cora is missing (files: cora/cora.content, cora/cora.cites)"))
            try Self.write(to: program.folder.appending(path: "datasets/cora"))
            let verified = try program.run("data", "verify", "cora")
            #expect(verified.status == 0 && verified.out.hasPrefix("cora: good, 140 train and 1,000 test nodes, SHA-256 "))
            let spec = """
                {"name": "a", "architecture": "gcn", "dataset": "cora", "optimizer": "adam", "learning_rate": 0.02, "epochs": 20,
                 "validation_samples": 500, "d": 4, "sweep": {"linear": ["mlp", "pcn", "low_rank"]}}
                """
            #expect(try program.run("submit", program.spec(spec)).status == 0)
            #expect(try program.run("work", "--drain").status == 0)
            let runs = try program.status()
            #expect(runs.count == 3 && runs.values.allSatisfy { $0["state"] as? String == "completed" })
            let dense = try #require(runs.first { $0.value["model"] as? String == "GCN-MLP" })
            #expect((dense.value["final_test_accuracy"] as? Double ?? 0) > 0.5, "\(dense.value)")
            let report = try program.run("report").out
            #expect(report.contains("GCN-MLP") && report.contains("0.023 (23063)"), "\(report)")
            #expect(try program.run("verify", dense.key).status == 0)
        }
    }

    @Test("with a word that is neither 0 nor 1 is an error that names the file and the line")
    func damaged() throws {
        try Program.inNewFolder { program in
            let folder = program.folder.appending(path: "datasets/cora"), file = folder.appending(path: "cora.content")
            try Self.write(to: folder)
            var lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
            lines[4] = lines[4].replacing("\t1\t", with: "\tx\t", maxReplacements: 1)
            try lines.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
            let output = try program.run("data", "verify", "cora")
            #expect(output.status == 65)
            #expect(output.error.contains("cora.content: line 5 has the word \"x\"; expected 0 or 1; "), "\(output.error)")
        }
    }
}
