import Foundation
import Testing

@testable import Specs

/// The repository's `experiments/` folder.
let experimentsFolder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "experiments")

@Suite struct ExperimentFilesTests {
    private func decode(_ name: String) throws -> Experiment {
        let file = experimentsFolder.appending(path: name)
        return try Experiment.decode(Data(contentsOf: file), file: file.lastPathComponent)
    }

    private static func files() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: experimentsFolder.path)
            .filter { $0.hasSuffix(".json") && !$0.hasSuffix(".schema.json") }.sorted()
    }

    @Test func everyExperimentOfTheRepositoryDecodesAndIsNamedAsItsFile() throws {
        let files = try Self.files()
        #expect(files.count >= 6)
        for file in files {
            let experiment = try decode(file)
            #expect(experiment.name + ".json" == file)
            #expect(experiment.description != nil)
            #expect(!experiment.runs.isEmpty)
        }
    }

    @Test func thePageBesideThemHasARowForEachWithTheNumberOfItsRuns() throws {
        let page = try String(contentsOf: experimentsFolder.appending(path: "README.md"), encoding: .utf8)
        for file in try Self.files() {
            #expect(page.contains("| [`\(file)`](\(file)) | \(try decode(file).runs.count) |"), "\(file)")
        }
    }

    @Test func theLinearNetSweepIsTable1sTenRunsAsThePaperTrainedThem() throws {
        let runs = try decode("linearnet-sweep.json").runs
        #expect(runs.count == 10)
        let rows = runs.compactMap(\.paperRow)
        #expect(Set(rows) == Set(Paper.table1.filter { $0.model.hasPrefix("LinearNet") }))
    }

    @Test(arguments: ["table1.json", "table1-short.json"])
    func tableOneIsAllEighteenRuns(_ name: String) throws {
        let runs = try decode(name).runs
        #expect(runs.count == 18)
        #expect(Set(runs.map { "\($0.model) \($0.dataset)" }) == Set(Paper.table1.map { "\($0.model) \($0.dataset)" }))
        let rows = runs.compactMap(\.paperRow)
        #expect(
            Set(rows) == (name == "table1.json" ? Set(Paper.table1) : []), "the paper's figures stand beside whole runs alone")
    }
}
