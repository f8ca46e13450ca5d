import Foundation
import Tensors
import Testing

@Suite("Safetensors")
struct SafetensorsTests {
    private func file(_ header: String, data: Int = 0) -> Data {
        var file = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
        file.append(Data(header.utf8))
        file.append(Data(count: data))
        return file
    }

    @Test("a written file is read back bit for bit, with its metadata")
    func roundTrip() throws {
        let (a, b) = (Tensor(2, 3), Tensor(4))
        a.assign([1, -0.0, .infinity, 1e-30, 3, 4])
        b.fill(RandomStream(seed: 1, purpose: "b"), bound: 1)
        let file = try Safetensors(Safetensors.encode([("a", a), ("b", b)], metadata: ["epoch": "3", "λ": "\"\n"]))
        let (c, d) = (Tensor(2, 3), Tensor(4))
        try file.load("a", into: c)
        try file.load("b", into: d)
        #expect(c.values.map(\.bitPattern) == a.values.map(\.bitPattern))
        #expect(d.values.map(\.bitPattern) == b.values.map(\.bitPattern))
        #expect(file.metadata == ["epoch": "3", "λ": "\"\n"] && file.names == ["a", "b"])
        #expect(throws: Safetensors.Failure.shape(name: "a", expected: [4], found: [2, 3])) { try file.load("a", into: d) }
        #expect(throws: Safetensors.Failure.missing(name: "z")) { try file.floats("z") }
    }

    @Test(
        "a malformed file is refused",
        arguments: [
            "", "[]", "{\"a\": 1}", "{\"a\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [0, 12]}}",
            "{\"a\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [-8, 0]}}",
            "{\"a\": {\"dtype\": \"F32\", \"shape\": [4611686018427387904, 4], \"data_offsets\": [0, 8]}}",
            "{\"a\": {\"dtype\": \"F32\", \"shape\": [-2], \"data_offsets\": [0, 8]}}",
            "{\"a\": {\"dtype\": \"X9\", \"shape\": [2], \"data_offsets\": [0, 8]}}",
        ])
    func malformed(_ header: String) {
        #expect(throws: Safetensors.Failure.self) { try Safetensors(file(header, data: 8)) }
    }

    @Test("a header nested 100,000 levels deep is refused", arguments: ["[", "{\"a\":", "{\"__metadata__\":"])
    func deep(_ opening: String) {
        #expect(throws: Safetensors.Failure.self) { try Safetensors(file(String(repeating: opening, count: 100_000))) }
    }

    @Test("a header longer than the file is refused")
    func truncated() {
        #expect(throws: Safetensors.Failure.self) { try Safetensors(Data([255, 255, 255, 255, 255, 255, 255, 127, 1])) }
        #expect(throws: Safetensors.Failure.self) { try Safetensors(Data([1, 2])) }
    }
}
