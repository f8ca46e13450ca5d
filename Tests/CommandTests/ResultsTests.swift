import Foundation
import ProgramUnderTest
import Testing

@testable import Specs

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

    @Test("of LinearNet at full length are README's first results: completed runs as Table 1, others as means of 50 epochs")
    func rowsOfREADME() throws {
        let folder = Self.root.appending(path: "results/linearnet")
        let document = try JSONSerialization.jsonObject(with: Data(contentsOf: folder.appending(path: "runs.json")))
        let runs = try #require((document as? [String: Any])?["runs"] as? [[String: Any]])
        let readme = try String(contentsOf: Self.root.appending(path: "README.md"), encoding: .utf8).split(separator: "\n")
        for run in runs where (run["settings"] as? [String: Any])?["dataset"] as? String == "cifar10" {
            let model = try #require(run["model"] as? String), isCompleted = run["state"] as? String == "completed"
            let paper = try #require(Paper.table1.first { $0.model == model && $0.dataset == .cifar10 })
            let epoch = try #require(run["epoch"] as? Int), curve = try #require(run["curve"] as? String)
            guard epoch >= 50 else { continue }
            let rows = try String(contentsOf: folder.appending(path: curve), encoding: .utf8).split(separator: "\n").suffix(50)
                .map { $0.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) ?? .nan } }
            let mean = { (column: Int) in rows.reduce(0) { $0 + $1[column] } / 50 }
            let deviation = (rows.reduce(0) { $0 + ($1[3] - mean(3)) * ($1[3] - mean(3)) } / 49).squareRoot()
            let lastEpochs = String(format: "%.1f ± %.1f", mean(3) * 100, deviation * 100)
            let name = model.replacing("LinearNet-", with: "") + (isCompleted ? "" : ", in training")
            let ours: [Double]
            if isCompleted {
                let final = try ["final_train_accuracy", "final_test_accuracy"].map { try #require(run[$0] as? Double) }
                ours = [rows[49][1]] + final.map { $0 * 100 }
            } else {
                ours = [mean(1), mean(2) * 100, mean(3) * 100]
            }
            let difference = String(format: "%+.1f", ours[2] - paper.testAccuracy).replacing("-", with: "−")
            let line = try #require(readme.first { $0.hasPrefix("| \(name) |") }, "\(name)")
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            #expect(
                cells == [
                    name, String(format: "%.3f", paper.parametersInMillions),
                    (epoch < 1000 ? "" : "\(epoch / 1000),") + String(format: epoch < 1000 ? "%d" : "%03d", epoch % 1000)
                        + (isCompleted ? "" : " of 3,500"),
                    String(format: "%.3f", ours[0]), String(format: "%.3f", paper.finalLoss),
                    String(format: "%.1f", ours[1]), String(format: "%.1f", paper.trainAccuracy),
                    String(format: "%.1f", ours[2]), String(format: "%.1f", paper.testAccuracy), isCompleted ? difference : "",
                    lastEpochs,
                ])
        }
    }
}
