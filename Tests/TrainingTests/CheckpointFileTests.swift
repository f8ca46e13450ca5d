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

    @Test("is whole, alone in its folder, and read again")
    func written() throws {
        try inFolder { folder in
            let tensor = Tensor(3)
            tensor.assign([1, 2, 3])
            let url = folder.appending(path: "run/e1.safetensors")
            let written = try CheckpointFile.write(Safetensors.encode([("t", tensor)], metadata: ["epoch": "1"]), to: url)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "run").path) == ["e1.safetensors"])
            #expect(written.bytes == (try Data(contentsOf: url)).count)
            #expect(try CheckpointFile.read(url, sha256: written.sha256).floats("t") == [1, 2, 3])
        }
    }

    @Test("is refused when a bit of it has changed, or its end is missing")
    func damaged() throws {
        try inFolder { folder in
            let url = folder.appending(path: "run/e1.safetensors")
            let tensor = Tensor(100)
            let written = try CheckpointFile.write(Safetensors.encode([("t", tensor)], metadata: [:]), to: url)
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
            _ = try CheckpointFile.write(Data([1, 2, 3]), to: url)
            #expect(CheckpointFile.isDamaged(try #require(failure { _ = try CheckpointFile.read(url, sha256: "") })))
            let folderInstead = try #require(failure { _ = try CheckpointFile.read(url.deletingLastPathComponent(), sha256: "") })
            #expect(!CheckpointFile.isDamaged(folderInstead))
        }
    }

    @Test("that cannot be written names the path and leaves nothing behind")
    func unwritable() throws {
        try inFolder { folder in
            let blocked = folder.appending(path: "run/e1.safetensors")
            try FileManager.default.createDirectory(at: blocked, withIntermediateDirectories: true)
            #expect(throws: CheckpointFile.Failure.self) { try CheckpointFile.write(Data([1]), to: blocked) }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "run").path) == ["e1.safetensors"])
        }
    }
}
