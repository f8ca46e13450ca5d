import Foundation
import Tensors
import Testing

@testable import Training

@Suite("A checkpoint's file")
struct CheckpointFileTests {
    private func inFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "checkpoint-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    private func names(_ folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "run").path).sorted()
    }

    private func contents(_ values: [Float], _ metadata: [String: String] = [:]) -> CheckpointContents {
        let tensor = Tensor(values.count)
        tensor.assign(values)
        return CheckpointContents([("t", tensor)], metadata: metadata)
    }

    @Test("is whole, alone in its folder, and read again")
    func written() throws {
        try inFolder { folder in
            let url = folder.appending(path: "run/e1.safetensors")
            let written = try CheckpointFile.write(contents([1, 2, 3], ["epoch": "1"]), to: url)
            #expect(try names(folder) == ["e1.safetensors"] && written.name == "e1.safetensors")
            #expect(written.bytes == (try Data(contentsOf: url)).count)
            #expect(try CheckpointFile.read(url, sha256: written.sha256).floats("t") == [1, 2, 3])
        }
    }

    @Test(
        "has the bytes of one that is encoded in memory, whatever the sizes of its tensors", arguments: [0, 1, 70_000, 300_000])
    func streamed(_ count: Int) throws {
        try inFolder { folder in
            let tensors = [5, count, 3].enumerated().map { index, count in
                let tensor = Tensor(count)
                tensor.assign((0..<count).map { Float($0 * (index + 1)) })
                return ("t\(index)", tensor)
            }
            let url = folder.appending(path: "run/e1.safetensors")
            let written = try CheckpointFile.write(CheckpointContents(tensors, metadata: ["a": "b"]), to: url)
            let isSame = try Data(contentsOf: url) == Safetensors.encode(tensors, metadata: ["a": "b"])
            #expect(isSame)
            _ = try CheckpointFile.read(url, sha256: written.sha256)
        }
    }

    @Test("has a name that is written once: a second checkpoint of the same place gets another, and the first stays as it is")
    func namedOnce() throws {
        try inFolder { folder in
            let url = folder.appending(path: "run/e1.safetensors")
            let first = try CheckpointFile.write(contents([1]), to: url)
            let second = try CheckpointFile.write(contents([2]), to: url)
            let third = try CheckpointFile.write(contents([3]), to: url)
            #expect([first, second, third].map(\.name) == ["e1.safetensors", "e1-2.safetensors", "e1-3.safetensors"])
            #expect(try names(folder) == ["e1-2.safetensors", "e1-3.safetensors", "e1.safetensors"])
            #expect(try CheckpointFile.read(url, sha256: first.sha256).floats("t") == [1])
        }
    }

    // In a process of its own, so that the memory of the tests that run at the same time is not measured.
    @Test("of 512 MiB is written and read with no second copy in memory")
    func memory() async {
        await #expect(processExitsWith: .success) {
            try CheckpointFileTests().inFolder { folder in
                let tensor = Tensor(1 << 27), target = Tensor(1 << 27)
                for index in stride(from: 0, to: tensor.count, by: 1000) { tensor.base[index] = 1 }
                let url = folder.appending(path: "run/e1.safetensors")
                let before = try Self.memory()
                let written = try CheckpointFile.write(CheckpointContents([("t", tensor)], metadata: [:]), to: url)
                let file = try CheckpointFile.read(url, sha256: written.sha256)
                try file.load("t", into: target)
                let more = try withExtendedLifetime(file) { try Self.memory() - before }
                #expect(target.base[1000] == 1 && target.base[1] == 0)
                #expect(more < 64 << 20, "\(more >> 20) MiB more")
            }
        }
    }

    /// Memory of the process's own, without mapped files, in bytes.
    private static func memory() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") })
        return 1024 * (try #require(line.split(separator: " ").dropFirst().first.flatMap { Int($0) }))
    }

    @Test("is refused when a bit of it has changed, or its end is missing")
    func damaged() throws {
        try inFolder { folder in
            let url = folder.appending(path: "run/e1.safetensors")
            let written = try CheckpointFile.write(contents([Float](repeating: 0, count: 100)), to: url)
            var bytes = try Data(contentsOf: url)
            bytes[bytes.count / 2] ^= 1
            try bytes.write(to: url)
            #expect(throws: CheckpointFile.Failure.self) { try CheckpointFile.read(url, sha256: written.sha256) }
            try bytes.dropLast(10).write(to: url)
            #expect(throws: CheckpointFile.Failure.self) { try CheckpointFile.read(url, sha256: written.sha256) }
        }
    }

    @Test("is given up only when it will never serve again")
    func givenUp() throws {
        try inFolder { folder in
            let url = folder.appending(path: "run/e1.safetensors")
            let failure = { (body: () throws -> Void) -> (any Error)? in
                do { try body() } catch { return error }
                return nil
            }
            let missing = try #require(failure { _ = try CheckpointFile.read(url, sha256: "") })
            #expect(CheckpointFile.isDamaged(missing))
            _ = try CheckpointFile.write(contents([1]), to: url)
            #expect(CheckpointFile.isDamaged(try #require(failure { _ = try CheckpointFile.read(url, sha256: "") })))
            let folderInstead = try #require(failure { _ = try CheckpointFile.read(url.deletingLastPathComponent(), sha256: "") })
            #expect(!CheckpointFile.isDamaged(folderInstead))
        }
    }

    @Test("that cannot be written names the path and leaves nothing behind")
    func unwritable() throws {
        try inFolder { folder in
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data().write(to: folder.appending(path: "run"))
            #expect {
                try CheckpointFile.write(contents([1]), to: folder.appending(path: "run/e1.safetensors"))
            } throws: {
                "\($0)".contains("/run")
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["run"])
        }
    }
}

extension CheckpointContents {
    /// What a file holds.
    init(_ file: Safetensors) throws {
        // Named by a number that keeps their order in the file.
        let tensors = try file.names.map { name in
            let tensor = Tensor(try file.shape(name))
            try file.load(name, into: tensor)
            return (name, tensor)
        }
        self.init(tensors, metadata: file.metadata)
    }
}
