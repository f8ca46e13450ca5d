import Archives
import Foundation
import Testing

@testable import Datasets

@Suite("Reading data sets")
struct ReadingTests {
    private let scratch: Scratch
    private let cifar10 = DatasetKind.cifar10.shrunk(to: 30)
    private let cifar100 = DatasetKind.cifar100.shrunk(to: 30)
    private let mnist = DatasetKind.mnist.shrunk(to: 30)

    init() throws { scratch = try Scratch() }

    private var folder: DatasetFolder { DatasetFolder(root: scratch.url) }

    private func path(_ name: String) -> String { scratch.url.appendingPathComponent(name).path }

    @Test("CIFAR records come back as labels and channel-first pixels, file after file")
    func cifar() throws {
        try cifar10.writeFolder(scratch)
        let dataset = try folder.load(cifar10)
        #expect(dataset.train.count == 150 && dataset.test.count == 30)
        let third = cifar10.content(of: cifar10.files[2])
        #expect(Array(dataset.train.pixels[61 * 3072..<62 * 3072]) == Array(third[3074..<6146]))
        #expect(dataset.train.labels[61] == third[3073])
        #expect(dataset.test.labels == (0..<30).map { UInt8($0 % 10) })
    }

    @Test("CIFAR-100 is read by its fine labels")
    func cifarFine() throws {
        try cifar100.writeFolder(scratch)
        #expect(try folder.load(cifar100).train.labels == (0..<30).map { UInt8($0) })
    }

    @Test("An archive gives the same images as the folder, whatever its order", arguments: ["cifar10", "cifar100"])
    func archive(_ name: String) throws {
        let kind = try DatasetKind.named(name).shrunk(to: 30)
        try kind.writeFolder(scratch)
        let fromFolder = try folder.load(kind)
        try FileManager.default.removeItem(atPath: path(kind.folder))
        let archive = try scratch.write(gzip(tar(kind.members())), kind.downloads[0].path)
        #expect(folder.locate(kind) == .archive(archive))
        let fromArchive = try folder.load(kind)
        #expect(fromArchive.train == fromFolder.train && fromArchive.test == fromFolder.test)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.url.path) == [kind.downloads[0].path])
    }

    @Test("IDX files are read plain and gzipped alike")
    func idx() throws {
        try mnist.writeFolder(scratch)
        let plain = try folder.load(mnist)
        for file in mnist.files {
            try scratch.write(gzip(try scratch.read("mnist/\(file.name)")), "mnist/\(file.name).gz")
            try FileManager.default.removeItem(atPath: path("mnist/\(file.name)"))
        }
        let zipped = try folder.load(mnist)
        #expect(plain.train == zipped.train && plain.test == zipped.test)
        #expect(plain.train.pixels == Array(mnist.content(of: mnist.files[0])[16...]))
        #expect(plain.train.channels == 1 && plain.train.height == 28)
    }

    @Test("A truncated or overlong batch is named with both lengths", arguments: [-1, 1, -92_190, 3073])
    func truncated(_ change: Int) throws {
        try cifar10.writeFolder(scratch)
        var bytes = try scratch.read("cifar-10-batches-bin/data_batch_4.bin")
        bytes = change < 0 ? bytes.dropLast(-change) : bytes + [UInt8](repeating: 0, count: change)
        let file = try scratch.write(bytes, "cifar-10-batches-bin/data_batch_4.bin")
        let error = DatasetError.wrongLength(file: file.path, expected: 92_190, found: 92_190 + change)
        #expect(throws: error) { try folder.load(cifar10) }
        #expect(throws: error) { try folder.digest(cifar10, cache: MemoryDigestCache()) }
        #expect(error.description.contains("data_batch_4.bin") && error.description.contains("expected 92190 bytes"))
    }

    @Test("A label that CIFAR-10 does not have is named with its file, record and range")
    func label() throws {
        try cifar10.writeFolder(scratch)
        var bytes = try scratch.read("cifar-10-batches-bin/test_batch.bin")
        bytes[7 * 3073] = 200
        let file = try scratch.write(bytes, "cifar-10-batches-bin/test_batch.bin")
        #expect(throws: DatasetError.labelOutOfRange(file: file.path, record: 7, label: 200, allowed: 0...9)) {
            try folder.load(cifar10)
        }
    }

    @Test("A coarse label of CIFAR-100 that is out of range is an error, too")
    func coarseLabel() throws {
        try cifar100.writeFolder(scratch)
        var bytes = try scratch.read("cifar-100-binary/train.bin")
        bytes[3074] = 20
        let file = try scratch.write(bytes, "cifar-100-binary/train.bin")
        #expect(throws: DatasetError.labelOutOfRange(file: file.path, record: 1, label: 20, allowed: 0...19)) {
            try folder.load(cifar100)
        }
    }

    @Test("An IDX file's magic, sizes, length, count and labels are all checked")
    func idxFaults() throws {
        let images = path("mnist/train-images-idx3-ubyte")
        let labels = path("mnist/train-labels-idx1-ubyte")
        let good = mnist.content(of: mnist.files[0])
        func expect(_ error: DatasetError, _ bytes: [UInt8], _ file: String) throws {
            try mnist.writeFolder(scratch)
            try scratch.write(bytes, "mnist/\(file)")
            #expect(throws: error) { try folder.load(mnist) }
        }
        let name = "train-images-idx3-ubyte"
        try expect(.wrongMagic(file: images, expected: 0x803, found: 0x801), idxHeader([30]) + good[8...], name)
        try expect(
            .wrongShape(file: images, expected: [30, 28, 28], found: [30, 32, 28]), idxHeader([30, 32, 28]) + good[16...], name)
        try expect(
            .wrongShape(file: images, expected: [30, 28, 28], found: [4_294_967_295, 28, 28]),
            [0, 0, 8, 3, 255, 255, 255, 255] + good[8...], name)
        try expect(.wrongLength(file: images, expected: good.count, found: good.count - 1), good.dropLast(), name)
        try expect(.wrongLength(file: images, expected: good.count, found: 9), Array(good[..<9]), name)
        try expect(.wrongLength(file: images, expected: good.count, found: 0), [], name)
        try expect(
            .countMismatch(images: images, imageCount: 30, labels: labels, labelCount: 29),
            idxHeader([29]) + [UInt8](repeating: 0, count: 29), "train-labels-idx1-ubyte")
        var wrong = mnist.content(of: mnist.files[1])
        wrong[8 + 4] = 10
        try expect(.labelOutOfRange(file: labels, record: 4, label: 10, allowed: 0...9), wrong, "train-labels-idx1-ubyte")
    }

    @Test("An IDX pair of equal counts that are not the official ones is refused")
    func idxFewer() throws {
        try mnist.writeFolder(scratch)
        let fewer = DatasetKind.mnist.shrunk(to: 20)
        try fewer.writeFolder(scratch)
        #expect(throws: DatasetError.self) { try folder.load(mnist) }
    }

    @Test("The error for a missing data set names the files and the command that downloads it")
    func missing() throws {
        for kind in DatasetKind.all where kind.format != .generated {
            #expect(folder.locate(kind) == .missing(root: scratch.url, files: kind.files.map { "\(kind.folder)/\($0.name)" }))
            #expect {
                try folder.load(kind)
            } throws: { error in
                "\(error)".hasSuffix("pcnlab data fetch \(kind.name)") && (error as? DatasetError)?.isMissingFile == true
            }
            #expect(throws: DatasetError.self) { try folder.digest(kind, cache: MemoryDigestCache()) }
        }
    }

    @Test("A folder that lacks one file is incomplete, unless the archive is present")
    func incomplete() throws {
        try cifar10.writeFolder(scratch)
        try FileManager.default.removeItem(atPath: path("cifar-10-batches-bin/data_batch_2.bin"))
        #expect(folder.locate(cifar10) == .missing(root: scratch.url, files: ["cifar-10-batches-bin/data_batch_2.bin"]))
        let archive = try scratch.write(gzip(tar(cifar10.members())), "cifar-10-binary.tar.gz")
        #expect(folder.locate(cifar10) == .archive(archive))
        #expect(try folder.load(cifar10).train.count == 150)
    }

    @Test("A file that cannot be read is an error with the reason")
    func unreadable() throws {
        try cifar10.writeFolder(scratch)
        let file = path("cifar-10-batches-bin/test_batch.bin")
        try FileManager.default.removeItem(atPath: file)
        // A regular file whose first page cannot be read, even by root.
        try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: "/proc/self/mem")
        #expect(throws: DatasetError.unreadable(file: file, code: EIO)) { try folder.load(cifar10) }
    }
}
