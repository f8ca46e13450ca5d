import Archives
import Datasets
import Foundation

extension Reader {
    /// A folder of own data with one NumPy archive.
    static let npz = Reader(
        name: "npz", corpus: [archive("|u1"), archive("<i8"), Array(archive("|u1").dropLast(30))],
        pieces: [
            "PK\u{1}\u{2}", "PK\u{3}\u{4}", "PK\u{5}\u{6}", "'descr': '<f4'", "(3, 2, 2)", "(99999999999, 2)", "True",
            "x_train.npy",
        ]
        .map { Array($0.utf8) } + [[255, 255, 255, 255], [8, 0]]
    ) { input, folder in
        try Data(input).write(to: folder.appending(path: "data.npz"))
        try readOwn(folder)
    }

    /// One PNG file, with the right checksums most of the time.
    static let png = Reader(
        name: "png",
        corpus: [
            Archives.png(
                width: 3, height: 2, colourType: 2, lines: [[UInt8](repeating: 7, count: 9), [UInt8](repeating: 9, count: 9)]),
            Archives.png(width: 9, height: 1, depth: 1, colourType: 0, lines: [[0xA5, 0x80]]),
            Archives.png(width: 2, height: 2, colourType: 3, lines: [[0, 1], [1, 0]], palette: [1, 2, 3, 4, 5, 6]),
            Archives.png(
                width: 2, height: 2, colourType: 4, lines: [[1, 2], [1, 2], [1, 2, 3, 4]], isInterlaced: true, filters: [1, 2, 4]),
        ],
        pieces: ["IHDR", "PLTE", "IDAT", "IEND"].map { Array($0.utf8) } + [
            [0, 0, 0, 0], [255, 255, 255, 255], [0, 0, 255, 255],
        ],
        repair: fitChecksums
    ) { input, folder in
        let file = folder.appending(path: "a.png")
        try Data(input).write(to: file)
        do {
            for (_, picture) in try Picture.read(file.path) {
                try promise(picture.fitted(channels: 3, side: 4).count == 48, "a resized picture of another size")
            }
        } catch let error as DatasetError {
            try promiseOneLine("\(error)")
            throw error
        }
    }

    private static func readOwn(_ folder: URL) throws {
        do {
            let data = try OwnData(path: folder.path).read()
            try promise(data.train.labels.allSatisfy { $0 < data.classes }, "a label beyond the last class")
        } catch let error as DatasetError {
            try promiseOneLine("\(error)")
            throw error
        }
    }

    private static func archive(_ labels: String) -> [UInt8] {
        let size = labels == "|u1" ? 1 : 8
        func numbers(_ values: [UInt8]) -> [UInt8] { values.flatMap { [$0] + [UInt8](repeating: 0, count: size - 1) } }
        return zip([
            ("x_train.npy", npy([3, 2, 2], [UInt8](repeating: 5, count: 12))),
            ("y_train.npy", npy([3], numbers([0, 1, 2]), type: labels)),
            ("x_test.npy", npy([1, 2, 2], [1, 2, 3, 4])), ("y_test.npy", npy([1], numbers([1]), type: labels)),
        ])
    }

    /// Sets the checksum of every chunk whose length fits.
    @Sendable private static func fitChecksums(_ bytes: inout [UInt8]) {
        var place = 8
        while bytes.count - place >= 12 {
            let length = bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
            guard length <= bytes.count - place - 12 else { return }
            let sum = checksum(Array(bytes[place + 4..<place + 8 + length]))
            for index in 0..<4 { bytes[place + 8 + length + index] = UInt8(truncatingIfNeeded: sum >> UInt32(24 - 8 * index)) }
            place += 12 + length
        }
    }

    /// CRC-32 as PNG has it.
    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(UInt32.max) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
        }
    }
}
