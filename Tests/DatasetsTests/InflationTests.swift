import CZlib
import Testing

@testable import Datasets

@Suite("Decompression in memory") struct InflationTests {
    private func deflated(_ bytes: [UInt8]) -> [UInt8] {
        var packed = [UInt8](repeating: 0, count: Int(compressBound(uLong(bytes.count))))
        var count = uLong(packed.count)
        compress2(&packed, &count, bytes, uLong(bytes.count), 9)
        return Array(packed[..<Int(count)])
    }

    @Test("is whole where a piece of the output ends in the middle of a repetition, and nil where the stream is cut")
    func pieces() {
        // The output comes in pieces of 256 KiB. Without zlib's checksum at the end, as in a zip file, no input is left then.
        for extra in [-1, 0, 1, 57, 128, 250, 258, 259, 1000] {
            let bytes = (0..<(1 << 18) + extra).map { UInt8($0 / 60_000) }, raw = Array(deflated(bytes).dropFirst(2).dropLast(4))
            #expect(Inflation.bytes(of: raw, expected: bytes.count, windowBits: -15) == bytes, "\(extra)")
            #expect(Inflation.bytes(of: Array(raw.dropLast()), expected: bytes.count, windowBits: -15) == nil)
            #expect(Inflation.bytes(of: raw, expected: bytes.count - 1, windowBits: -15) == nil)
        }
        #expect(Inflation.bytes(of: [], expected: 0, windowBits: -15) == nil)
    }
}
