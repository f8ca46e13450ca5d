import Foundation
import Testing

@testable import Specs

@Suite("Own data")
struct OwnDataTests {
    private static func lookup(_ images: Int = 100) -> OwnDataLookup {
        OwnDataLookup { path in
            DatasetName.own(
                folder: "/data/\(path)", classNames: ["a", "b", "c"], trainImages: images, testImages: 20, channels: 2, side: 5
            ).map { .success($0) } ?? .failure(.init("cannot be read", isMissing: true))
        }
    }

    private static func runs(_ dataset: String, more: String = "", _ lookup: OwnDataLookup = lookup()) throws -> [Settings] {
        let spec = #"{"name": "t", "architecture": "linearnet", "linear": "mlp", "dataset": "\#(dataset)"\#(more)}"#
        return try Experiment.decode(Array(spec.utf8), file: "f.json", ownData: lookup).runs
    }

    @Test("has its shape and place in canonical settings, and neither in a run's identity")
    func identity() throws {
        let run = try Self.runs("path:x")[0], other = try Self.runs("path:y")[0]
        #expect(run.canonicalJSON.contains(#""dataset":"path:/data/x","dataset_shape":[100,20,2,5,3],"#))
        #expect(run.trajectoryJSON.contains(#""dataset":"path","#) && !run.trajectoryJSON.contains("dataset_shape"))
        #expect(run.runIdentity(datasetDigest: "d") == other.runIdentity(datasetDigest: "d"))
        #expect(run.runIdentity(datasetDigest: "d") != other.runIdentity(datasetDigest: "e"))
        let read = try Settings(canonicalJSON: run.canonicalJSON)
        #expect(read == run && read.canonicalJSON == run.canonicalJSON && read.layerWidths == run.layerWidths)
        #expect(try JSONDecoder().decode(Settings.self, from: JSONEncoder().encode(run)) == run)
        #expect(run.dataset.label == "x" && run.layerWidths.first == 50 && run.layerWidths.last == 3 && run.paperRow == nil)
    }

    @Test("is swept, excluded and included like any other data set")
    func sweeps() throws {
        let sweep =
            #"{"name": "t", "architecture": "linearnet", "sweep": {"dataset": ["mnist", "path:x", "path:y"]}, "exclude": [{"dataset": "path:y"}]}"#
        let runs = try Experiment.decode(Array(sweep.utf8), file: "f.json", ownData: Self.lookup()).runs
        #expect(runs.map(\.dataset.label) == ["mnist", "x"])
        #expect(DatasetName.inOrder(Set(runs.map(\.dataset))).map(\.label) == ["mnist", "x"])
    }

    @Test(
        "of a shape that no network reads is refused in stored settings",
        arguments: [
            "[]", "[1,2,3]", "[0,1,1,1,2]", "[1,1,5,1,2]", "[1,1,1,2000,2]", "[1,1,1,1,1]", "[1,1,1,1,257]", "[99999999,1,1,1,2]",
            "[10000000,1,4,1024,2]", "7", "[\"a\"]",
        ])
    func shapes(_ shape: String) {
        #expect(throws: SpecDiagnostics.self) {
            try Settings(canonicalJSON: #"{"architecture":"linearnet","dataset":"path:/a","dataset_shape":\#(shape)}"#)
        }
    }

    @Test("cannot be named where no folder can be read, and dataset_shape is no field of a spec")
    func none() {
        for spec in [
            #"{"name": "t", "architecture": "linearnet", "dataset": "path:x"}"#,
            #"{"name": "t", "architecture": "linearnet", "dataset": "mnist", "dataset_shape": [1,1,1,1,2]}"#,
        ] {
            #expect(throws: SpecDiagnostics.self) { try Experiment.decode(Array(spec.utf8), file: "f.json") }
        }
    }
}
