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
            ([UInt8](repeating: UInt8(ascii: "]"), count: 60_000), "too many values"),
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
