import Archives
import Crypto
import Foundation
import Specs
import Testing

@testable import Datasets

@Suite("Fetcher")
struct FetcherTests {
    private let scratch: Scratch
    private let content = FetcherTests.content
    private static let content = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }
    private let patient = Fetcher(attempts: 3, idleTimeout: 10, sleep: { _ in })

    init() throws { scratch = try Scratch() }

    private var md5: String { Insecure.MD5.hash(data: content).hexadecimal }
    private var destination: URL { scratch.url.appendingPathComponent("below/file.bin") }

    private func fetch(
        _ server: TestServer, md5: String? = nil, event: @escaping @Sendable (FetchEvent) -> Void = { _ in }
    ) throws {
        defer { server.stop() }
        try patient.fetch(server.url("file.bin"), to: destination, md5: md5 ?? self.md5, event: event)
    }

    @Test("A complete file gets its name, and no .part is left")
    func whole() throws {
        let events = Guarded<[FetchEvent]>([])
        try fetch(try TestServer(content, [.serve])) { event in events.withLock { $0.append(event) } }
        #expect(try scratch.read("below/file.bin") == content)
        #expect(!scratch.exists("below/file.bin.part"))
        guard case .progress(let last) = events.withLock({ $0.last }) else { return #expect(Bool(false), "no progress") }
        #expect(last.done == 3_000_000 && last.total == 3_000_000)
    }

    @Test("A lost connection is resumed where it stopped")
    func dropped() throws {
        let events = Guarded<[FetchEvent]>([])
        let server = try TestServer(content, [.drop(after: 1_000_000), .drop(after: 700_000), .serve])
        try fetch(server) { event in events.withLock { $0.append(event) } }
        #expect(try scratch.read("below/file.bin") == content)
        #expect(server.ranges == ["", "bytes=1000000-", "bytes=1700000-"])
        let retries = events.withLock { events in
            events.filter { if case .retrying = $0 { true } else { false } }.count
        }
        #expect(retries == 2)
    }

    @Test("The part file of an earlier process is resumed")
    func resumed() throws {
        try scratch.write([UInt8](content[..<12_345]), "below/file.bin.part")
        let server = try TestServer(content, [.serve])
        try fetch(server)
        #expect(server.ranges == ["bytes=12345-"])
        #expect(try scratch.read("below/file.bin") == content)
    }

    @Test("From a server without range requests the file is read from the start")
    func noRanges() throws {
        try scratch.write([1, 2, 3], "below/file.bin.part")
        try fetch(try TestServer(content, [.ignoreRange]))
        #expect(try scratch.read("below/file.bin") == content)
    }

    @Test("A complete .part is renamed without a download")
    func wholePart() throws {
        try scratch.write(content, "below/file.bin.part")
        try fetch(try TestServer(content, [.serve]))
        #expect(try scratch.read("below/file.bin") == content)
    }

    @Test("A .part longer than the file is discarded")
    func overlongPart() throws {
        try scratch.write(content + [0], "below/file.bin.part")
        let server = try TestServer(content, [.serve])
        try fetch(server)
        #expect(server.ranges == ["bytes=3000001-", ""])
        #expect(try scratch.read("below/file.bin") == content)
    }

    @Test("After repeated lost connections the download fails, and the bytes are kept for the next time")
    func givenUp() throws {
        let server = try TestServer(content, [.drop(after: 1000)])
        #expect {
            try fetch(server)
        } throws: { error in
            guard case FetchError.interrupted(_, let received, let attempts, _) = error else { return false }
            return received == 3000 && attempts == 3
        }
        #expect(try scratch.read("below/file.bin.part") == [UInt8](content[..<3000]))
        #expect(!scratch.exists("below/file.bin"))
    }

    @Test("A file with a wrong MD5 is removed, and the error has both digests")
    func wrongDigest() throws {
        let server = try TestServer(content, [.serve])
        let wrong = String(repeating: "0", count: 32)
        #expect(throws: FetchError.wrongDigest(url: server.url("file.bin"), expected: wrong, found: md5)) {
            try fetch(server, md5: wrong)
        }
        #expect(!scratch.exists("below/file.bin") && !scratch.exists("below/file.bin.part"))
    }

    @Test("A transfer is cancelled if the server sends more than the official file has")
    func tooLong() throws {
        let server = try TestServer(content, [.serve])
        defer { server.stop() }
        #expect(throws: FetchError.tooLong(url: server.url("file.bin"), limit: 1_000_000)) {
            try patient.fetch(server.url("file.bin"), to: destination, md5: md5, bytes: 1_000_000)
        }
        let rest = try scratch.read("below/file.bin.part")
        #expect(!scratch.exists("below/file.bin") && rest.isEmpty)
    }

    @Test("An archive with another digest is never unpacked: no file gets its name, and the data set is missing")
    func neverUnpacked() throws {
        let archive = gzip(tar(DatasetKind.cifar10.shrunk(to: 3).members()))
        let server = try TestServer(archive, [.serve])
        defer { server.stop() }
        let kind = DatasetKind.cifar10.shrunk(to: 3), folder = DatasetFolder(root: scratch.url)
        let destination = scratch.url.appendingPathComponent(kind.downloads[0].path)
        #expect(throws: FetchError.self) {
            try patient.fetch(server.url("a"), to: destination, md5: kind.downloads[0].md5)
        }
        #expect(!folder.locate(kind).isPresent)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.url.path).isEmpty)
    }

    @Test("A download has the permissions that the user's umask allows")
    func permissions() throws {
        try fetch(try TestServer(content, [.serve]))
        let found = try FileManager.default.attributesOfItem(atPath: destination.path)[.posixPermissions] as? Int
        let made = scratch.url.appendingPathComponent("made").path
        close(open(made, O_WRONLY | O_CREAT, 0o666))
        #expect(try found == FileManager.default.attributesOfItem(atPath: made)[.posixPermissions] as? Int)
    }

    @Test("A permanent error status is reported at once")
    func notFound() throws {
        let server = try TestServer(content, [.status("404 Not Found", [])])
        #expect(throws: FetchError.httpStatus(url: server.url("file.bin"), code: 404)) { try fetch(server) }
        #expect(server.ranges.count == 1)
    }

    @Test("A request is retried if the server is overloaded")
    func overloaded() throws {
        let server = try TestServer(content, [.status("503 Service Unavailable", []), .serve])
        try fetch(server)
        #expect(try scratch.read("below/file.bin") == content)
    }

    @Test("A content encoding that was not requested is refused")
    func encoded() throws {
        let server = try TestServer(content, [.serveWith("Content-Encoding: x-gzip")])
        #expect(throws: FetchError.self) { try fetch(server) }
        #expect(!scratch.exists("below/file.bin"))
    }

    @Test("A refused connection is reported without a retry")
    func nobodyListens() throws {
        let server = try TestServer(content, [.serve])
        server.stop()
        #expect {
            try patient.fetch(server.url("file.bin"), to: destination, md5: md5) { event in
                if case .retrying = event { Issue.record("it tried again") }
            }
        } throws: { error in
            if case FetchError.noConnection = error { true } else { false }
        }
    }

    @Test("Only https is fetched from other machines, redirected or not")
    func insecure() throws {
        let url = URL(string: "http://example.org/file.bin")!
        #expect(throws: FetchError.insecureAddress(url)) { try patient.fetch(url, to: destination, md5: md5) }
        let server = try TestServer(content, [.status("302 Found", ["Location: http://example.org/file.bin"])])
        #expect(throws: FetchError.insecureAddress(url)) { try fetch(server) }
        let other = URL(string: "ftp://127.0.0.1/file.bin")!
        #expect(throws: FetchError.insecureAddress(other)) { try patient.fetch(other, to: destination, md5: md5) }
    }

    @Test("A redirect to a permitted address is followed")
    func redirected() throws {
        let target = try TestServer(content, [.serve])
        defer { target.stop() }
        try fetch(try TestServer([], [.status("302 Found", ["Location: \(target.url("file.bin").absoluteString)"])]))
        #expect(try scratch.read("below/file.bin") == content)
    }

    @Test("A folder that cannot be created is an error with its path")
    func unwritable() throws {
        try scratch.write([0], "below")
        #expect {
            try fetch(try TestServer(content, [.serve]))
        } throws: { error in
            if case FetchError.cannotWrite(let path, _) = error { path.hasSuffix("/below") } else { false }
        }
    }

    @Test("A full file system is reported as such", .enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
    func full() throws {
        let descriptor = open("/dev/full", O_WRONLY)
        defer { close(descriptor) }
        #expect(throws: FetchError.diskFull(path: "/dev/full")) {
            try PartialFile.write(Data([1, 2, 3]), to: descriptor, path: "/dev/full") { _ in }
        }
    }

    @Test("Two fetches of one file do not write over each other")
    func busy() throws {
        let first = try PartialFile(for: destination)
        #expect(throws: FetchError.busy(path: destination.path + ".part")) { _ = try PartialFile(for: destination) }
        withExtendedLifetime(first) {}
    }
}
