import Foundation
import Testing

@testable import Lab
@testable import Reports

@Suite("TensorBoard's files")
struct TensorBoardTests {
    @Test("have the checksum of RFC 3720's examples")
    func checksums() {
        #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
        #expect(CRC32C.checksum([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
        #expect(CRC32C.checksum((0..<32).map { UInt8($0) }) == 0x46DD_794E)
        #expect(CRC32C.checksum("123456789".utf8) == 0xE306_9283)
        // The masked checksum of the length of TensorFlow's own first record, 24 bytes.
        #expect(CRC32C.masked([24, 0, 0, 0, 0, 0, 0, 0]) == 0x224B_7FA3)
    }

    @Test("are a record of the version and one for each epoch, with lengths and checksums")
    func records() throws {
        let run = Runs.run(Runs.paper(), epoch: 300)
        let curve = try #require(CurveFile.files(of: [run], experiment: "a b").first)
        let file = TensorBoardRun(curve, Runs.curve(run), started: 1_700_000_000_500)
        #expect(file.path == "a b/LinearNet-PCN16-cifar10-s1-\(run.id.prefix(8))/events.out.tfevents.0.pcnlab")
        let events = try records(file.contents)
        #expect(events.count == 301)
        #expect(events[0].contains(Data("brain.Event:2".utf8)))
        // Field 1, a double: the wall time; field 2, a varint: the step.
        let times = events.map { Double(bitPattern: number($0, at: 1, 8)) }
        #expect(times[0] == 1_700_000_000.5 && zip(times, times.dropFirst()).allSatisfy { $1 - $0 == 1 })
        #expect(events[5][9] == 0x10 && events[5][10] == 5 && events[300][10] == 0xAC && events[300][11] == 2)
        for tag in ["loss", "accuracy/train", "accuracy/test"] { #expect(events[300].contains(Data(tag.utf8))) }
    }

    /// The records' contents, their checksums checked.
    private func records(_ file: Data) throws -> [Data] {
        var rest = file, records: [Data] = []
        while !rest.isEmpty {
            let length = Data(rest.prefix(8))
            let count = Int(number(length, at: 0, 8))
            try #require(rest.count >= count + 16)
            let contents = Data(rest.dropFirst(12).prefix(count))
            #expect(number(rest, at: 8, 4) == UInt64(CRC32C.masked(length)))
            #expect(number(rest, at: 12 + count, 4) == UInt64(CRC32C.masked(contents)))
            records.append(contents)
            rest = Data(rest.dropFirst(16 + count))
        }
        return records
    }

    private func number(_ data: Data, at offset: Int, _ count: Int) -> UInt64 {
        data.dropFirst(offset).prefix(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
