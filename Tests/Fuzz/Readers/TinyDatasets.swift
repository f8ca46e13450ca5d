import Archives
import Datasets

/// The real data sets' layouts with a few images of a few pixels.
extension DatasetKind {
    static let tinyCifar = DatasetKind(
        name: "cifar10", title: "CIFAR-10", classNames: ["a", "b", "c"], channels: 1, side: 2,
        format: .cifar(labelRanges: [2, 3]),
        folder: cifar10.folder,
        files: [
            OfficialFile("data_batch_1.bin", .train, count: 3, content: .records),
            OfficialFile("data_batch_2.bin", .train, count: 2, content: .records),
            OfficialFile("test_batch.bin", .test, count: 2, content: .records),
        ], downloads: cifar10.downloads, terms: "")

    static let tinyMNIST = DatasetKind(
        name: "mnist", title: "MNIST", classNames: ["a", "b", "c"], channels: 1, side: 2, format: .idx, folder: mnist.folder,
        files: [
            OfficialFile("train-images-idx3-ubyte", .train, count: 3, content: .images),
            OfficialFile("train-labels-idx1-ubyte", .train, count: 3, content: .labels),
            OfficialFile("t10k-images-idx3-ubyte", .test, count: 2, content: .images),
            OfficialFile("t10k-labels-idx1-ubyte", .test, count: 2, content: .labels),
        ], downloads: mnist.downloads, terms: "")

    /// What an intact file holds.
    func content(of file: OfficialFile) -> [UInt8] {
        switch file.content {
        case .records: (0..<UInt8(file.count)).flatMap { [$0 % 2, $0 % 3, 10, 20, 30, 40] }
        case .images: idxHeader([file.count, side, side]) + [UInt8](repeating: 9, count: file.count * imageSize)
        case .labels: idxHeader([file.count]) + (0..<UInt8(file.count))
        }
    }
}
