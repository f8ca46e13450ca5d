import Archives
import Datasets
import Specs

/// Data sets with the layouts of the real ones and a few images of a few pixels.
extension DatasetKind {
    static let tinyCifar = DatasetKind(
        tiny("cifar10", train: 5),
        format: .cifar(labelRanges: [2, 3]),
        folder: cifar10.folder,
        files: [
            OfficialFile("data_batch_1.bin", .train, count: 3, content: .records),
            OfficialFile("data_batch_2.bin", .train, count: 2, content: .records),
            OfficialFile("test_batch.bin", .test, count: 2, content: .records),
        ], downloads: cifar10.downloads, terms: "")

    static let tinyMNIST = DatasetKind(
        tiny("mnist", train: 3), format: .idx, folder: mnist.folder,
        files: [
            OfficialFile("train-images-idx3-ubyte", .train, count: 3, content: .images),
            OfficialFile("train-labels-idx1-ubyte", .train, count: 3, content: .labels),
            OfficialFile("t10k-images-idx3-ubyte", .test, count: 2, content: .images),
            OfficialFile("t10k-labels-idx1-ubyte", .test, count: 2, content: .labels),
        ], downloads: mnist.downloads, terms: "")

    static let tinyGraph = DatasetKind(
        DatasetName(
            graph: "cora", displayName: "cora", classNames: ["a", "b"], nodes: 6, features: 2, trainPerClass: 1,
            validationNodes: 1,
            testNodes: 2),
        format: .citations, folder: cora.folder,
        files: [
            OfficialFile("cora.content", .train, count: 6, content: .nodes),
            OfficialFile("cora.cites", .train, count: 5, content: .edges),
        ], downloads: cora.downloads, terms: "")

    private static func tiny(_ name: String, train: Int) -> DatasetName {
        DatasetName(
            name: name, displayName: name, classNames: ["a", "b", "c"], trainImages: train, testImages: 2, channels: 1, side: 2)
    }

    /// The contents of an intact file.
    func content(of file: OfficialFile) -> [UInt8] {
        switch file.content {
        case .records: (0..<UInt8(file.count)).flatMap { [$0 % 2, $0 % 3, 10, 20, 30, 40] }
        case .images:
            idxHeader([file.count, dataset.side, dataset.side])
                + [UInt8](repeating: 9, count: file.count * dataset.imageSize)
        case .labels: idxHeader([file.count]) + (0..<UInt8(file.count))
        case .nodes: (0..<file.count).flatMap { Array("\($0)\t\($0 % 2)\t1\t\($0 % 2 == 0 ? "a" : "b")\n".utf8) }
        case .edges: (0..<file.count).flatMap { Array("\($0)\t\($0 + 1)\n".utf8) }
        }
    }
}
