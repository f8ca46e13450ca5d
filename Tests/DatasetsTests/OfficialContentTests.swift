import Archives
import Foundation
import Testing

@testable import Datasets

@Suite("Verifying the official content")
struct OfficialContentTests {
    private let scratch: Scratch
    private let plain: DatasetKind
    private let kind: DatasetKind

    init() throws {
        scratch = try Scratch()
        plain = DatasetKind.cifar10.shrunk(to: 40)
        try plain.writeFolder(scratch)
        kind = try Self.official(plain, DatasetFolder(root: scratch.url))
    }

    private var folder: DatasetFolder { DatasetFolder(root: scratch.url) }

    /// The data set with what lies in the folder as its official content.
    private static func official(_ kind: DatasetKind, _ folder: DatasetFolder) throws -> DatasetKind {
        let data = try folder.load(kind)
        let records = Split.allCases.map { ($0, OfficialRecords(of: data[$0], classes: data.classes, bits: 28)) }
        return DatasetKind(
            kind.dataset, format: kind.format, folder: kind.folder, files: kind.files, downloads: kind.downloads, terms: "",
            official: Dictionary(uniqueKeysWithValues: records))
    }

    private func path(_ file: String) -> String { scratch.url.appendingPathComponent(file).path }

    @Test("finds the official content good, in any order of its records, and another order has another digest")
    func order() throws {
        let report = try folder.verify(kind)
        #expect(report.isOfficial == true && report.remarks.isEmpty)
        var bytes = try scratch.read("cifar-10-batches-bin/data_batch_1.bin")
        bytes = Array(bytes[3073...] + bytes[..<3073])
        try scratch.write(bytes, "cifar-10-batches-bin/data_batch_1.bin")
        let other = try folder.verify(kind)
        #expect(other.isOfficial == true && other.remarks.isEmpty && other.digest != report.digest)
    }

    @Test("names the file and the records whose pictures are changed")
    func pictures() throws {
        var bytes = try scratch.read("cifar-10-batches-bin/data_batch_3.bin")
        for record in [0, 1, 2, 30] {
            bytes.replaceSubrange(record * 3073 + 1..<(record + 1) * 3073, with: [UInt8](repeating: 0, count: 3072))
        }
        bytes[39 * 3073 + 3072] ^= 1
        try scratch.write(bytes, "cifar-10-batches-bin/data_batch_3.bin")
        let report = try folder.verify(kind)
        let file = path("cifar-10-batches-bin/data_batch_3.bin")
        #expect(report.isOfficial == false)
        #expect(report.remarks == [.otherPictures(file: file, records: [0, 1, 2, 30, 39], of: 40)])
        #expect(report.remarks[0].description == "\(file): 5 of 40 images are not official: records 0–2, 30, 39")
        #expect(try folder.isOfficial(kind) == false)
    }

    @Test("finds labels that are not those of their pictures, and says which they are officially")
    func labels() throws {
        var bytes = try scratch.read("cifar-10-batches-bin/test_batch.bin")
        (bytes[0], bytes[3073]) = (bytes[3073], bytes[0])
        try scratch.write(bytes, "cifar-10-batches-bin/test_batch.bin")
        let report = try folder.verify(kind)
        let file = path("cifar-10-batches-bin/test_batch.bin")
        #expect(
            report.remarks == [
                .otherLabels(file: file, records: [0, 1], of: 40, found: "automobile", official: "airplane")
            ])
        #expect(
            report.remarks[0].description
                == "\(file): 2 of 40 labels are not official for their images: records 0–1; record 0 has automobile, officially airplane"
        )
    }

    @Test("finds a training file in place of the test file, and copies of a record")
    func exchanged() throws {
        let train = try scratch.read("cifar-10-batches-bin/data_batch_5.bin")
        try scratch.write(try scratch.read("cifar-10-batches-bin/test_batch.bin"), "cifar-10-batches-bin/data_batch_5.bin")
        try scratch.write(train, "cifar-10-batches-bin/test_batch.bin")
        var copied = try scratch.read("cifar-10-batches-bin/data_batch_1.bin")
        copied.replaceSubrange(3073..<2 * 3073, with: copied[..<3073])
        try scratch.write(copied, "cifar-10-batches-bin/data_batch_1.bin")
        let files = ["data_batch_1.bin", "data_batch_5.bin", "test_batch.bin"].map { path("cifar-10-batches-bin/\($0)") }
        #expect(
            try folder.verify(kind).remarks == [
                .otherPictures(file: files[0], records: [1], of: 40),
                .otherSplit(file: files[1], records: Array(0..<40), of: 40, .test),
                .otherSplit(file: files[2], records: Array(0..<40), of: 40, .train),
            ])
    }

    @Test("names every file that is cut or too long, and files that are exchanged")
    func lengths() throws {
        let mnist = DatasetKind(
            DatasetKind.mnist.dataset, format: .idx, folder: "mnist",
            files: DatasetKind.mnist.files.map {
                OfficialFile($0.name, $0.split, count: $0.split == .train ? 30 : 20, content: $0.content)
            },
            terms: "")
        let names = mnist.files.map(\.name)
        for (file, name) in zip(mnist.files, [names[2], names[1] + "x", names[0], names[3]]) {
            try scratch.write(mnist.content(of: file), "mnist/\(name)")
        }
        try scratch.write(Array(mnist.content(of: mnist.files[1]).dropLast()), "mnist/\(names[1])")
        let faults = try #require(throws: DatasetFaults.self) { try folder.verify(mnist) }.faults
        #expect(
            faults == [
                .wrongShape(file: path("mnist/\(names[0])"), expected: [30, 28, 28], found: [20, 28, 28]),
                .looksLike(file: path("mnist/\(names[0])"), other: names[2]),
                .wrongLength(file: path("mnist/\(names[1])"), expected: 38, found: 37),
                .wrongShape(file: path("mnist/\(names[2])"), expected: [20, 28, 28], found: [30, 28, 28]),
                .looksLike(file: path("mnist/\(names[2])"), other: names[0]),
            ])
    }

    @Test("reads its tables back as they were written")
    func table() throws {
        let data = try folder.load(kind), records = OfficialRecords(of: data.test, classes: 10, bits: 20)
        let keys = RecordKey.all(of: data.test)
        for (label, values) in records.table.enumerated() {
            #expect(values == keys.filter { Int($0.label) == label }.map { $0.leading(20) }.sorted())
        }
    }
}

@Suite("Near misses of the official layouts")
struct NearMissTests {
    private let scratch: Scratch
    private let mnist = DatasetKind.mnist.shrunk(to: 5)

    init() throws { scratch = try Scratch() }

    private var folder: DatasetFolder { DatasetFolder(root: scratch.url) }

    @Test(
        "are read: torchvision's folder, dots for dashes, other case, gzipped or not",
        arguments: ["mnist/DASH", "MNIST/raw/DASH", "MNIST/raw/DOT", "Mnist/DOT.gz", "mnist/DASH.GZ", "MNIST/raw/DASH.gz"])
    func mnistLayouts(_ layout: String) throws {
        for file in mnist.files {
            let name = layout.replacing("DASH", with: file.name).replacing("DOT", with: file.name.replacing("-idx", with: ".idx"))
            let bytes = mnist.content(of: file)
            try scratch.write(name.lowercased().hasSuffix("gz") ? gzip(bytes) : bytes, name)
        }
        #expect(try folder.load(mnist).train.pixels == Array(mnist.content(of: mnist.files[0])[16...]))
        #expect(folder.missingDownloads(mnist).isEmpty)
    }

    @Test("are not read where two folders differ in case alone and none is the official one")
    func ambiguous() throws {
        for place in ["MNIST", "Mnist"] {
            for file in mnist.files { try scratch.write(mnist.content(of: file), "\(place)/\(file.name)") }
        }
        #expect {
            try folder.load(mnist)
        } throws: { error in
            "\(error)".contains("not read: MNIST, Mnist, see docs/data.md")
        }
    }

    @Test("that cannot be read are named in the error")
    func named() throws {
        try scratch.write([1], "cifar-10-matlab.tar.gz")
        try scratch.write([1], "cifar-100-matlab.tar.gz")
        #expect {
            try folder.load(.cifar10)
        } throws: { error in
            "\(error)".contains("not read: cifar-10-matlab.tar.gz, see docs/data.md; fetch it with")
        }
    }
}
