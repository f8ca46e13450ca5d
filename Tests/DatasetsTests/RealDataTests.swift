import Foundation
import Testing

@testable import Datasets

/// The whole data sets, where `PCNLAB_TEST_DATASETS` names a folder that holds them.
@Suite("Whole data sets", .enabled(if: ProcessInfo.processInfo.environment["PCNLAB_TEST_DATASETS"] != nil), .serialized)
struct RealDataTests {
    private let folder = DatasetFolder(
        root: URL(fileURLWithPath: ProcessInfo.processInfo.environment["PCNLAB_TEST_DATASETS"] ?? "/"))

    @Test("Every data set that is present is the official content", arguments: DatasetKind.all)
    func verify(_ kind: DatasetKind) throws {
        guard folder.locate(kind).isPresent else { return }
        let report = try folder.verify(kind)
        #expect(report.trainCount == kind.count(.train) && report.testCount == kind.count(.test))
        #expect(report.isOfficial == (kind.format == .generated ? nil : true) && report.remarks.isEmpty)
    }

    @Test("The tables in the program are those of the files", arguments: DatasetKind.all)
    func tables(_ kind: DatasetKind) throws {
        guard folder.locate(kind).isPresent else { return }
        let data = try folder.load(kind)
        for (split, official) in kind.official {
            let records = OfficialRecords(of: data[split], classes: data.classes, bits: official.bits)
            #expect(records.digest == official.digest && records.table == official.table)
        }
    }

    @Test("CIFAR-10 has the mean and deviation that everybody normalises with")
    func moments() throws {
        guard folder.locate(.cifar10).isPresent else { return }
        let train = try folder.load(.cifar10).train
        let known = [(125.307, 62.993), (122.950, 62.089), (113.865, 66.705)]
        for (channel, (mean, deviation)) in known.enumerated() {
            let moments = train.moments(channel: channel)
            #expect(abs(moments.mean - mean) < 0.001 && abs(moments.deviation - deviation) < 0.001)
        }
    }
}
