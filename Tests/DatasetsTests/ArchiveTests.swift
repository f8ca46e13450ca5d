import Archives
import Foundation
import Testing

@testable import Datasets

@Suite("Archives")
struct ArchiveTests {
    private let scratch: Scratch
    private let kind = DatasetKind.cifar10.shrunk(to: 3)

    init() throws { scratch = try Scratch() }

    private var path: String { scratch.url.appendingPathComponent("cifar-10-binary.tar.gz").path }

    private func load(_ archive: [UInt8]) throws -> Dataset {
        try scratch.write(archive, "cifar-10-binary.tar.gz")
        return try DatasetFolder(root: scratch.url).load(kind)
    }

    @Test("A gzip stream cut anywhere is truncated, not a crash")
    func truncatedGzip() throws {
        let archive = gzip(tar(kind.members()))
        for length in [0, 1, 9, 10, 100, archive.count / 2, archive.count - 8, archive.count - 1] {
            #expect(throws: DatasetError.truncatedGzip(file: path), "\(length) bytes") {
                try load(Array(archive[..<length]))
            }
        }
    }

    @Test("A flipped bit is detected at any place")
    func flippedBit() throws {
        let archive = gzip(tar(kind.members()))
        for offset in [0, 30, archive.count / 3, archive.count / 2, archive.count - 6, archive.count - 1] {
            var corrupt = archive
            corrupt[offset] ^= 4
            #expect(throws: DatasetError.self, "offset \(offset)") { try load(corrupt) }
        }
    }

    @Test("A file that is not gzip is corrupt")
    func noGzip() throws {
        #expect {
            try load([UInt8]("<html>not found</html>".utf8))
        } throws: { error in
            if case DatasetError.corruptGzip = error { "\(error)".contains("cifar-10-binary.tar.gz") } else { false }
        }
    }

    @Test("Several gzip members are one stream, and zeros may follow")
    func severalGzipMembers() throws {
        let archive = tar(kind.members())
        let parts = gzip(Array(archive[..<10_000])) + gzip(Array(archive[10_000...])) + [0, 0, 0]
        #expect(try load(parts).train.count == 15)
        #expect(throws: DatasetError.self) { try load(gzip(archive) + [1, 2, 3]) }
    }

    @Test("A tar archive cut in a member, in padding or before its end is truncated")
    func truncatedTar() throws {
        let archive = tar(kind.members())
        for length in [0, 100, 512, 700, 1024, 1600, 2048, archive.count - 1024] {
            #expect("\(length) bytes") {
                try load(gzip(Array(archive[..<length])))
            } throws: { error in
                if case DatasetError.corruptTar(_, _, .truncated) = error { true } else { false }
            }
        }
    }

    @Test("A header with a wrong checksum or size is refused")
    func brokenHeaders() throws {
        var archive = tar(kind.members())
        archive[0] ^= 1
        #expect(throws: DatasetError.corruptTar(file: path, offset: 0, fault: .wrongChecksum)) { try load(gzip(archive)) }
        let huge = tarHeader("cifar-10-batches-bin/test_batch.bin", size: 1 << 31)
        #expect(throws: DatasetError.corruptTar(file: path, offset: 0, fault: .memberTooLarge(limit: 1 << 30))) {
            try load(gzip(huge))
        }
    }

    @Test("A member of terabytes is refused before it is read", arguments: ["77777777777", "777777777777"])
    func terabytes(_ octal: String) throws {
        var header = tarHeader("cifar-10-batches-bin/test_batch.bin", size: 0)
        header.replaceSubrange(124..<124 + octal.utf8.count, with: octal.utf8)
        var binary = header
        binary.replaceSubrange(124..<136, with: [0x80, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0])
        for header in [header, binary] {
            #expect(throws: DatasetError.corruptTar(file: path, offset: 0, fault: .memberTooLarge(limit: 1 << 30))) {
                try load(gzip(withTarChecksum(header)))
            }
        }
    }

    @Test("A link with an official name is not followed: the file is missing", arguments: ["1", "2"])
    func links(_ type: String) throws {
        let target = try scratch.write([UInt8](repeating: 0, count: 9219), "elsewhere").path
        let member = "cifar-10-batches-bin/test_batch.bin"
        let link = tarHeader(member, size: 0, type: type, link: String(target.suffix(100)))
        #expect(throws: DatasetError.memberMissing(file: path, member: member)) {
            try load(gzip(link + tar(kind.members().filter { $0.name != member })))
        }
    }

    @Test("A member of another size, a repeated and a missing one are reported by name")
    func members() throws {
        let member = "cifar-10-batches-bin/data_batch_3.bin"
        let all = kind.members()
        #expect(throws: DatasetError.memberMissing(file: path, member: member)) {
            try load(gzip(tar(all.filter { $0.name != member })))
        }
        #expect(throws: DatasetError.memberRepeated(file: path, member: member)) {
            try load(gzip(tar(all + all.filter { $0.name == member })))
        }
        #expect(throws: DatasetError.wrongLength(file: "\(path):\(member)", expected: 9219, found: 9218)) {
            try load(gzip(tar(all.map { ($0.name, $0.name == member ? Array($0.bytes.dropLast()) : $0.bytes) })))
        }
    }

    @Test("Names that lead out of the archive are ignored")
    func climbingNames() throws {
        let archive = tar([("../../evil", [1]), ("/etc/evil", [2])] + kind.members().map { ("./\($0.name)", $0.bytes) })
        #expect(try load(gzip(archive)).test.count == 3)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.url.path) == ["cifar-10-binary.tar.gz"])
    }
}
