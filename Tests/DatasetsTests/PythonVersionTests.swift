import Archives
import Foundation
import Testing

@testable import Datasets

@Suite("CIFAR's Python version")
struct PythonVersionTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private var folder: DatasetFolder { DatasetFolder(root: scratch.url) }

    private static func pickle(_ kind: DatasetKind, _ file: OfficialFile) -> [UInt8] {
        guard case .cifar(let ranges) = kind.format else { return [] }
        let bytes = kind.content(of: file), size = ranges.count + kind.dataset.imageSize
        let records = (0..<file.count).map { bytes[$0 * size..<($0 + 1) * size] }
        let keys = ranges.count == 1 ? ["labels"] : ["coarse_labels", "fine_labels"]
        return cifarPickle(
            labels: keys.enumerated().map { place, key in (key, records.map { $0[$0.startIndex + place] }) },
            pixels: records.flatMap { $0.dropFirst(ranges.count) }, rows: file.count)
    }

    @Test(
        "has the content and the digest of the binary version, in its folder, gzipped, and in its archive",
        arguments: [("cifar10", "cifar-10-batches-py", "cifar-10-python"), ("cifar100", "cifar-100-python", "cifar-100-python")])
    func same(_ name: String, _ pythonFolder: String, _ archive: String) throws {
        let kind = try DatasetKind.named(name).shrunk(to: 30)
        try kind.writeFolder(scratch)
        let (binary, digest) = (try folder.load(kind), try folder.digest(kind, cache: MemoryDigestCache()))
        func expectSame(_ what: String) throws {
            let read = try folder.load(kind)
            #expect(read.train == binary.train && read.test == binary.test, "\(what)")
            #expect(try folder.digest(kind, cache: MemoryDigestCache()) == digest, "\(what)")
        }
        try FileManager.default.removeItem(at: scratch.url.appendingPathComponent(kind.folder))
        let files = kind.files.map { (name: String($0.name.dropLast(4)), bytes: Self.pickle(kind, $0)) }
        for file in files { try scratch.write(file.bytes, "\(pythonFolder)/\(file.name)") }
        try expectSame("folder")
        try FileManager.default.removeItem(at: scratch.url.appendingPathComponent(pythonFolder))
        let packed = tar(files.reversed().map { ("\(pythonFolder)/\($0.name)", $0.bytes) })
        for (suffix, bytes) in [(".tar.gz", gzip(packed)), (".tar", packed)] {
            let url = try scratch.write(bytes, archive + suffix)
            #expect(folder.locate(kind) == .archive(url, .pickle))
            try expectSame(suffix)
            try FileManager.default.removeItem(at: url)
        }
    }

    @Test("is data: a pickle that asks for any function but NumPy's own is refused by the function's name")
    func hostile() throws {
        let kind = DatasetKind.cifar10.shrunk(to: 3)
        let attack = Array("cos\nsystem\n(S'touch /tmp/x'\ntR.".utf8)
        for (bytes, text) in [
            ([0x80, 2] + attack, "asks for os.system, which is refused"), (Array("(lp0\n.".utf8), "instruction 108 at byte 1"),
            ([], "is truncated"), ([0x80, 2, UInt8(ascii: "N"), UInt8(ascii: ".")], "its content is not a dictionary"),
            ([0x80, 2, UInt8(ascii: "T"), 255, 255, 255, 255], "is truncated"),
            ([0x80, 4, 0x8E] + [UInt8](repeating: 255, count: 8), "is truncated"),
            ([UInt8](repeating: UInt8(ascii: "]"), count: 60_000), "is truncated"),
            ([UInt8](repeating: UInt8(ascii: "("), count: 60_000), "too many values"),
            (Array("]q\u{1}h\u{1}a.".utf8), "is not a dictionary"), (Array("t.".utf8), "wrong operands"),
            (Array("}U\u{4}dataNs.".utf8), "its data is not 3×3072 bytes"), (Array("}.".utf8), "it has no data"),
        ] {
            for file in kind.files { try scratch.write(Self.pickle(kind, file), "cifar-10-batches-py/\(file.pickleName)") }
            let file = try scratch.write(bytes, "cifar-10-batches-py/data_batch_2")
            #expect {
                try folder.load(kind)
            } throws: { error in
                "\(error)".hasPrefix("\(file.path): is not a file of CIFAR's Python version") && "\(error)".contains(text)
            }
        }
    }

    @Test("written again by Python 3 gives the same records, in protocols 2 and 5")
    func python3() throws {
        let kind = DatasetKind.cifar10.shrunk(to: 1), pixels = (0..<3072).map { UInt8($0 % 256) }
        for file in kind.files { try scratch.write(Self.pickle(kind, file), "cifar-10-batches-py/\(file.pickleName)") }
        let start = Array("}(U\u{6}labels](K\u{7}eU\u{4}data".utf8)
        let type = Array("cnumpy\ndtype\nU\u{2}u1".utf8) + [0x89, 0x88, 0x87, UInt8(ascii: "R")]
        let shape = Array("K\u{1}M\u{0}\u{C}".utf8) + [0x86]
        // Protocol 2 has no bytes: it encodes a text.
        let text = pixels.flatMap { Array(String(Unicode.Scalar($0)).utf8) }
        let made =
            Array("cnumpy._core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\u{0}".utf8) + [0x85] + Array("U\u{1}b".utf8) + [0x87]
        let encoded = Array("c_codecs\nencode\nX".utf8) + Self.little(text.count, 4) + text + Array("U\u{6}latin1".utf8) + [0x86]
        let two = made + Array("R(K\u{1}".utf8) + shape + type + [0x89] + encoded + Array("Rtb".utf8)
        let five =
            Array("cnumpy._core.numeric\n_frombuffer\n(".utf8) + [0x96] + Self.little(3072, 8) + pixels + type + shape
            + Array("U\u{1}CtR".utf8)
        for (name, array) in [("2", two), ("5", five)] {
            try scratch.write([0x80, 2] + start + array + Array("u.".utf8), "cifar-10-batches-py/test_batch")
            let test = try folder.load(kind).test
            #expect(test.labels == [7] && test.pixels == pixels, "protocol \(name)")
        }
    }

    private static func little(_ number: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }

    @Test("with a label that CIFAR does not have, or too few labels, is an error that names the file")
    func labels() throws {
        let kind = DatasetKind.cifar10.shrunk(to: 3), pixels = [UInt8](repeating: 1, count: 3 * 3072)
        for file in kind.files { try scratch.write(Self.pickle(kind, file), "cifar-10-batches-py/\(file.pickleName)") }
        let wrong = cifarPickle(labels: [("labels", [1, 10, 2])], pixels: pixels, rows: 3)
        let file = try scratch.write(wrong, "cifar-10-batches-py/test_batch")
        #expect(throws: DatasetError.labelOutOfRange(file: file.path, record: 1, label: 10, allowed: 0...9)) {
            try folder.load(kind)
        }
        try scratch.write(cifarPickle(labels: [("labels", [1])], pixels: pixels, rows: 3), "cifar-10-batches-py/test_batch")
        #expect(
            throws: DatasetError.badPickle(file: file.path, fault: .wrongValue(key: "labels", expected: "3 numbers"))
        ) { try folder.load(kind) }
    }
}
