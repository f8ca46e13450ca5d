import Foundation
import Specs

extension DatasetKind {
    /// Every data set there is; texts, listings and errors enumerate this array.
    public static let all: [DatasetKind] = [.cifar10, .cifar100, .mnist, .shapes]

    /// The data set of that name.
    /// - Throws: ``DatasetError/unknownDataset(name:known:)``
    public static func named(_ name: String) throws -> DatasetKind {
        guard let kind = all.first(where: { $0.name == name }) else {
            throw DatasetError.unknownDataset(name: name, known: all.map(\.name))
        }
        return kind
    }

    /// CIFAR-10, binary version: 60,000 photographs of ten classes.
    public static let cifar10 = DatasetKind(
        .cifar10, format: .cifar(labelRanges: [10]), folder: "cifar-10-batches-bin",
        files: (1...5).map { OfficialFile("data_batch_\($0).bin", .train, count: 10_000, content: .records) }
            + [OfficialFile("test_batch.bin", .test, count: 10_000, content: .records)],
        downloads: [
            OfficialDownload(
                url: URL(string: "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz")!,
                md5: "c32a1d4ab5d03f1284b67883e8d87530", bytes: 170_052_171, path: "cifar-10-binary.tar.gz")
        ],
        terms: "Krizhevsky 2009; no licence stated, citation asked for")

    /// CIFAR-100, binary version, by its hundred fine labels; the twenty coarse ones are checked and left.
    public static let cifar100 = DatasetKind(
        .cifar100, format: .cifar(labelRanges: [20, 100]), folder: "cifar-100-binary",
        files: [
            OfficialFile("train.bin", .train, count: 50_000, content: .records),
            OfficialFile("test.bin", .test, count: 10_000, content: .records),
        ],
        downloads: [
            OfficialDownload(
                url: URL(string: "https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz")!,
                md5: "03b5dce01913d631647c71ecec9e9cb8", bytes: 168_513_733, path: "cifar-100-binary.tar.gz")
        ],
        terms: "Krizhevsky 2009; no licence stated, citation asked for")

    /// MNIST: 70,000 handwritten digits, grey.
    public static let mnist = DatasetKind(
        .mnist, format: .idx, folder: "mnist",
        files: [
            OfficialFile("train-images-idx3-ubyte", .train, count: 60_000, content: .images),
            OfficialFile("train-labels-idx1-ubyte", .train, count: 60_000, content: .labels),
            OfficialFile("t10k-images-idx3-ubyte", .test, count: 10_000, content: .images),
            OfficialFile("t10k-labels-idx1-ubyte", .test, count: 10_000, content: .labels),
        ],
        downloads: [
            mnistDownload("train-images-idx3-ubyte", md5: "f68b3c2dcbeaaa9fbdd348bbdeb94873", bytes: 9_912_422),
            mnistDownload("train-labels-idx1-ubyte", md5: "d53e105ee54ea40749a09fcbcd1e9432", bytes: 28_881),
            mnistDownload("t10k-images-idx3-ubyte", md5: "9fb629c4189551a2d022fa330f9573f3", bytes: 1_648_877),
            mnistDownload("t10k-labels-idx1-ubyte", md5: "ec29112dd5afa0611ce80d1b7f02629c", bytes: 4_542),
        ],
        terms: "LeCun, Cortes and Burges, CC BY-SA 3.0")

    /// ``Shapes``: made by the program itself.
    public static let shapes = DatasetKind(
        .shapes, format: .generated, terms: "generated, version \(Shapes.version)")

    private static func mnistDownload(_ file: String, md5: String, bytes: Int) -> OfficialDownload {
        OfficialDownload(
            url: URL(string: "https://ossci-datasets.s3.amazonaws.com/mnist/\(file).gz")!,
            md5: md5, bytes: bytes, path: "mnist/\(file).gz")
    }
}
