import Archives
import Crypto
import Foundation
import Specs
import Testing

@testable import Datasets

@Suite("Digests and verification")
struct DigestTests {
    private let scratch: Scratch
    private let cifar10 = DatasetKind.cifar10.shrunk(to: 20)
    private let mnist = DatasetKind.mnist.shrunk(to: 20)

    init() throws { scratch = try Scratch() }

    private var folder: DatasetFolder { DatasetFolder(root: scratch.url) }

    private func digest(_ kind: DatasetKind) throws -> String { try folder.digest(kind, cache: MemoryDigestCache()) }

    @Test("The digest is the SHA-256 of sha256sum's listing")
    func listing() throws {
        try cifar10.writeFolder(scratch)
        let listing = cifar10.files.map { file in
            "\(SHA256.hash(data: cifar10.content(of: file)).hexadecimal)  \(file.name)\n"
        }
        #expect(try digest(cifar10) == SHA256.hash(data: Data(listing.joined().utf8)).hexadecimal)
    }

    @Test("Folder and archive have one digest")
    func archive() throws {
        try cifar10.writeFolder(scratch)
        let expected = try digest(cifar10)
        try FileManager.default.removeItem(at: scratch.url.appendingPathComponent(cifar10.folder))
        try scratch.write(gzip(tar(cifar10.members())), "cifar-10-binary.tar.gz")
        #expect(try digest(cifar10) == expected)
    }

    @Test("Plain and gzipped files have one digest")
    func gzipped() throws {
        try mnist.writeFolder(scratch)
        let expected = try digest(mnist)
        let plain = scratch.url.appendingPathComponent("mnist/t10k-labels-idx1-ubyte")
        try scratch.write(gzip([UInt8](try Data(contentsOf: plain))), "mnist/t10k-labels-idx1-ubyte.gz")
        try FileManager.default.removeItem(at: plain)
        #expect(try digest(mnist) == expected)
    }

    @Test("One pixel changes the digest")
    func onePixel() throws {
        try cifar10.writeFolder(scratch)
        let before = try digest(cifar10)
        var bytes = try scratch.read("cifar-10-batches-bin/data_batch_5.bin")
        bytes[1000] ^= 1
        try scratch.write(bytes, "cifar-10-batches-bin/data_batch_5.bin")
        #expect(try digest(cifar10) != before)
    }

    @Test("A cached digest is used until the file's time or size changes")
    func remembered() throws {
        for kind in [cifar10, mnist] {
            try kind.writeFolder(scratch)
            try rememberedDigest(kind, touching: "\(kind.folder)/\(kind.files[1].name)")
        }
        try FileManager.default.removeItem(at: scratch.url.appendingPathComponent(cifar10.folder))
        try scratch.write(gzip(tar(cifar10.members())), "cifar-10-binary.tar.gz")
        try rememberedDigest(cifar10, touching: "cifar-10-binary.tar.gz")
    }

    /// Changes content behind the cache's back: the digest must be the old one, and the new one once the time moves.
    private func rememberedDigest(_ kind: DatasetKind, touching path: String) throws {
        let cache = MemoryDigestCache()
        let file = scratch.url.appendingPathComponent(path)
        let time = Date(timeIntervalSince1970: 1_000_000)
        func setTime(_ date: Date) throws {
            try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: file.path)
        }
        try setTime(time)
        let before = try folder.digest(kind, cache: cache)
        var bytes = try scratch.read(path)
        let changed = bytes.count - 1
        bytes[changed] ^= 1
        try scratch.write(bytes, path)
        try setTime(time)
        #expect(try folder.digest(kind, cache: cache) == before)
        try setTime(time + 1)
        let after = try? folder.digest(kind, cache: cache)
        #expect(after != before)
    }

    @Test("A stamp has the time of change to the nanosecond")
    func stamp() throws {
        let file = try scratch.write([1, 2, 3], "a")
        var times = [timespec(tv_sec: 5, tv_nsec: 7), timespec(tv_sec: 5, tv_nsec: 123_456_789)]
        #expect(utimensat(AT_FDCWD, file.path, &times, 0) == 0)
        let stamp = try FileStamp(of: file)
        #expect(stamp.size == 3 && stamp.modified == 5_123_456_789)
    }

    @Test("The digest of shapes is pinned: it changes with the version alone")
    func shapes() throws {
        #expect(try digest(.shapes) == "3350d36127d74ccfab59c76ac61211b6c73502f889cf62be2aba3530fa497a5d")
    }

    @Test("Verifying counts the images and remarks on an archive that is not the official one")
    func verify() throws {
        try cifar10.writeFolder(scratch)
        let archive = try scratch.write(gzip(tar(cifar10.members())), "cifar-10-binary.tar.gz")
        let report = try folder.verify(cifar10)
        #expect(report.trainCount == 100 && report.testCount == 20)
        #expect(report.digest == (try digest(cifar10)))
        #expect(report.officialFiles.isEmpty && report.remarks.count == 1)
        guard case .notOfficial(let file, let expected, let found) = report.remarks.first else { return }
        #expect(file == archive.path && expected == "c32a1d4ab5d03f1284b67883e8d87530" && found != expected)
        #expect("\(report.remarks[0])".contains("not the official archive"))
    }

    @Test("Verifying recognises an official archive")
    func verifyOfficial() throws {
        let archive = gzip(tar(cifar10.members()))
        let url = try scratch.write(archive, "cifar-10-binary.tar.gz")
        let md5 = Insecure.MD5.hash(data: archive).hexadecimal
        let kind = DatasetKind(
            cifar10.dataset,
            format: cifar10.format, folder: cifar10.folder, files: cifar10.files,
            downloads: [OfficialDownload(url: cifar10.downloads[0].url, md5: md5, bytes: 0, path: "cifar-10-binary.tar.gz")],
            terms: "")
        let report = try folder.verify(kind)
        #expect(report.officialFiles == [url.path] && report.remarks.isEmpty)
    }

    @Test("Verifying remarks on classes that are not balanced")
    func unbalanced() throws {
        try cifar10.writeFolder(scratch)
        var bytes = try scratch.read("cifar-10-batches-bin/test_batch.bin")
        bytes[0] = 1
        try scratch.write(bytes, "cifar-10-batches-bin/test_batch.bin")
        #expect(
            try folder.verify(cifar10).remarks == [
                .unbalanced(.test, className: "airplane", expected: 2, found: 1),
                .unbalanced(.test, className: "automobile", expected: 2, found: 3),
            ])
    }

    @Test("Verifying an invalid data set gives the same error as loading it")
    func verifyBroken() throws {
        try cifar10.writeFolder(scratch)
        try scratch.write([], "cifar-10-batches-bin/test_batch.bin")
        #expect(throws: DatasetError.self) { try folder.verify(cifar10) }
    }
}
