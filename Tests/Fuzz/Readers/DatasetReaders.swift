import Archives
import Datasets
import Foundation

extension Reader {
    /// CIFAR's records: the input's first byte selects the file that the rest is written to.
    static let cifar = Reader(name: "cifar", corpus: corpus(.tinyCifar), pieces: [[0, 1, 2, 3], [3], [9, 9]]) { input, folder in
        try load(.tinyCifar, input, folder) { $0 }
    }

    /// CIFAR's Python version; the first byte selects the file.
    static let pickle = Reader(
        name: "pickle", corpus: DatasetKind.tinyCifar.files.enumerated().map { [UInt8($0.offset)] + pickled($0.element) },
        pieces: [
            "(", "t", "}", "]", "e", "u", "R", "b", "q\u{1}", "h\u{1}", "cos\nsystem\n", "cnumpy\nndarray\n", "U\u{4}data", ".",
        ]
        .map { Array($0.utf8) } + [[0x86], [0x87], [0x8E, 255, 255, 255, 255, 255, 255, 255, 127], [0x54, 255, 255, 255, 255]]
    ) { input, folder in
        let kind = DatasetKind.tinyCifar, chosen = Int(input.first ?? 0) % kind.files.count
        let place = folder.appending(path: "cifar-10-batches-py")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        for (index, file) in kind.files.enumerated() {
            let bytes = index == chosen ? Array(input.dropFirst()) : pickled(file)
            try Data(bytes).write(to: place.appending(path: String(file.name.dropLast(4))))
        }
        try load(kind, folder)
    }

    /// An intact file of the Python version.
    private static func pickled(_ file: OfficialFile) -> [UInt8] {
        let bytes = DatasetKind.tinyCifar.content(of: file), records = (0..<file.count).map { bytes[6 * $0..<6 * ($0 + 1)] }
        return cifarPickle(
            labels: [
                ("coarse_labels", records.map { $0[$0.startIndex] }), ("fine_labels", records.map { $0[$0.startIndex + 1] }),
            ],
            pixels: records.flatMap { $0.dropFirst(2) }, rows: file.count)
    }

    /// MNIST's files; the first byte selects the file.
    static let idx = Reader(
        name: "idx", corpus: corpus(.tinyMNIST), pieces: [[0, 0, 8, 1], [0, 0, 8, 3], [0, 0, 0, 2], [0, 0, 0, 3]]
    ) { input, folder in
        try load(.tinyMNIST, input, folder) { $0 }
    }

    /// A graph's files; the first byte selects the file.
    static let citations = Reader(
        name: "citations", corpus: corpus(.tinyGraph), pieces: ["\t", "\n", "0", "1", "a", "b", "é"].map { Array($0.utf8) }
    ) { input, folder in
        try load(.tinyGraph, input, folder) { $0 }
    }

    /// A tar archive in a valid gzip stream, most of the time with correct checksums.
    static let tar = Reader(
        name: "tar",
        corpus: [members(.tinyCifar), [("../../outside", [1]), ("/tmp/pcnlab-fuzz-outside", [2])] + members(.tinyCifar)]
            .map { Archives.tar($0) } + [linked],
        pieces: [
            "cifar-10-batches-bin/", "data_batch_1.bin", "../../outside", "/tmp/pcnlab-fuzz-outside", "./", "0", "1", "2", "5",
            "L", "x",
            "77777777777", "777777777777", "00000000012", "\u{0}", "ustar\u{0}00", "ustar  \u{0}", "30 size=99999999999\n",
        ].map { Array($0.utf8) } + [[0x80, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF], [UInt8](repeating: 0, count: 512)],
        repair: fitChecksums
    ) { input, folder in
        try loadArchive(Archives.gzip(input), folder)
    }

    /// A gzip stream: a data set's archive, or a single file if the first byte is odd.
    static let gzip = Reader(
        name: "gzip",
        corpus: [[0] + Archives.gzip(Archives.tar(members(.tinyCifar)))]
            + DatasetKind.tinyMNIST.files.enumerated().map {
                [UInt8(2 * $0.offset + 1)] + Archives.gzip(DatasetKind.tinyMNIST.content(of: $0.element))
            },
        pieces: [[0x1F, 0x8B, 8, 0], [0x1F, 0x8B, 8, 0x1F], Archives.gzip([]), [3, 0], bomb]
    ) { input, folder in
        let first = input.first ?? 0
        if first.isMultiple(of: 2) { return try loadArchive(Array(input.dropFirst()), folder) }
        try load(.tinyMNIST, [first / 2] + input.dropFirst(), folder, suffix: ".gz") { Archives.gzip($0) }
    }

    /// A kilobyte that decompresses to a megabyte.
    private static let bomb = Archives.gzip([UInt8](repeating: 0, count: 1 << 20))

    // MARK: Files in the folder

    /// Loads a data set in which one file is the input and the others are intact.
    private static func load(
        _ kind: DatasetKind, _ input: [UInt8], _ folder: URL, suffix: String = "", packed: ([UInt8]) -> [UInt8]
    ) throws {
        let chosen = Int(input.first ?? 0) % kind.files.count
        let place = folder.appending(path: kind.folder)
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        for (index, file) in kind.files.enumerated() {
            let bytes = index == chosen ? Array(input.dropFirst()) : packed(kind.content(of: file))
            try Data(bytes).write(to: place.appending(path: file.name + suffix))
        }
        try load(kind, folder)
    }

    private static func loadArchive(_ archive: [UInt8], _ folder: URL) throws {
        try Data(archive).write(to: folder.appending(path: DatasetKind.tinyCifar.downloads[0].path))
        try load(.tinyCifar, folder)
    }

    private static func load(_ kind: DatasetKind, _ folder: URL) throws {
        let root = DatasetFolder(root: folder)
        do {
            let dataset = try root.load(kind)
            for split in Split.allCases {
                let images = dataset[split]
                try promise(images.count == kind.count(split), "\(images.count) images")
                try promise(images.labels.allSatisfy { $0 < kind.dataset.classes }, "a label beyond the last class")
            }
            try promise(try root.digest(kind, cache: MemoryDigestCache()).count == 64, "a digest of another length")
        } catch let error as DatasetError {
            try promiseOneLine("\(error)")
            throw error
        }
    }

    private static func corpus(_ kind: DatasetKind) -> [[UInt8]] {
        kind.files.enumerated().map { [UInt8($0.offset)] + kind.content(of: $0.element) }
    }

    private static func members(_ kind: DatasetKind) -> [(name: String, bytes: [UInt8])] {
        [("\(kind.folder)/", [])] + kind.files.map { ("\(kind.folder)/\($0.name)", kind.content(of: $0)) }
    }

    /// An archive in which the official names are links to files outside it.
    private static let linked =
        DatasetKind.tinyCifar.files.enumerated().flatMap { index, file in
            tarHeader("cifar-10-batches-bin/\(file.name)", size: 0, type: index == 0 ? "1" : "2", link: "/etc/passwd")
        } + [UInt8](repeating: 0, count: 1024)

    /// Sets the checksum of every block that looks like a header.
    @Sendable private static func fitChecksums(_ bytes: inout [UInt8]) {
        for block in stride(from: 0, to: bytes.count - 511, by: 512)
        where bytes[block + 257..<block + 262].elementsEqual("ustar".utf8) {
            bytes.replaceSubrange(block..<block + 512, with: withTarChecksum(Array(bytes[block..<block + 512])))
        }
    }
}
