import Foundation
import Tensors

extension Reader {
    /// A safetensors file: its header and the tensors that it declares.
    static let safetensors = Reader(
        name: "safetensors", corpus: safetensorsCorpus,
        pieces: [
            "\"dtype\":", "\"F32\"", "\"F64\"", "\"I64\"", "\"I32\"", "\"U8\"", "\"shape\":", "[2,2]", "[]", "[-1]",
            "\"data_offsets\":", "[0,16]", "[16,0]", "\"__metadata__\":", "{}", "null", "true", "1e308", ",", ":", "\"",
            "[4611686018427387904,4]", "[0,0,9223372036854775807]",
        ].map { Array($0.utf8) },
        repair: fitHeaderLength
    ) { input, _ in
        let file = try Safetensors(Data(input))
        for name in file.names {
            let count = try file.shape(name).reduce(1, *)
            let elements = (try? file.floats(name).count) ?? (try? file.integers(name).count)
            try promise(elements == count, "the number of elements differs from the shape")
        }
        try? file.load("a", into: Tensor(2, 2))
    }

    private static let safetensorsCorpus: [[UInt8]] = {
        let (a, b) = (Tensor(2, 2), Tensor(3))
        a.assign([1, .infinity, .nan, -0.0])
        let header =
            #"{"a":{"dtype":"F64","shape":[2],"data_offsets":[0,16]},"n":{"dtype":"I64","shape":[],"data_offsets":[16,24]}}"#
        return [
            Array(Safetensors.encode([("a", a), ("b", b)], metadata: ["epoch": "3", "λ": "\"\n"])),
            Array(Safetensors.encode([("a", a)], metadata: [:])), length(header) + header.utf8 + [UInt8](repeating: 7, count: 24),
        ]
    }()

    private static func length(_ header: String) -> [UInt8] {
        withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) }
    }

    /// Sets the header's length to the end of its JSON.
    @Sendable private static func fitHeaderLength(_ bytes: inout [UInt8]) {
        guard bytes.count > 8, let end = bytes.lastIndex(of: UInt8(ascii: "}")), end >= 8 else { return }
        withUnsafeBytes(of: UInt64(end - 7).littleEndian) { bytes.replaceSubrange(0..<8, with: $0) }
    }
}
