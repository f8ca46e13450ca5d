import Archives
import Foundation
import Specs
import Testing

@testable import Datasets

@Suite("Own data")
struct OwnDataTests {
    private let scratch: Scratch
    /// Two images of 3 × 3 pixels in 2 channels, channel-first.
    private let pixels = (0..<36).map { UInt8($0) }
    private let labels: [UInt8] = [2, 0]

    init() throws { scratch = try Scratch() }

    private var data: OwnData { OwnData(path: scratch.url.path) }

    /// The pixels with the channels last.
    private var interleaved: [UInt8] {
        (0..<2).flatMap { image in (0..<9).flatMap { pixel in (0..<2).map { pixels[image * 18 + $0 * 9 + pixel] } } }
    }

    private func clear() throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: scratch.url.path) {
            try FileManager.default.removeItem(at: scratch.url.appendingPathComponent(name))
        }
    }

    /// One archive; arrays that are nil are left out.
    private func write(
        x: [UInt8]? = nil, y: [UInt8]? = nil, test: [UInt8]? = nil, testLabels: [UInt8]? = nil, name: String = "data.npz"
    ) throws {
        try clear()
        let arrays: [(String, [UInt8])] = [
            ("x_train", x ?? npy([2, 2, 3, 3], pixels)), ("y_train", y ?? npy([2], labels)),
            ("x_test", test ?? npy([1, 2, 3, 3], Array(pixels[..<18]))), ("y_test", testLabels ?? npy([1], [1])),
        ]
        try scratch.write(zip(arrays.map { ("\($0.0).npy", $0.1) }), name)
    }

    private func digest() throws -> String {
        let kind = DatasetKind(ownDataAt: scratch.url)
        return try DatasetFolder(root: scratch.url).digest(kind, cache: MemoryDigestCache())
    }

    @Test("is the same, with the same digest, whatever files it comes in")
    func formats() throws {
        try write()
        let (expected, digest) = (try data.read(), try digest())
        #expect(expected.train.pixels == pixels && expected.train.labels == labels && expected.classes == 3)
        #expect(
            expected.train.channels == 2 && expected.train.height == 3
                && expected.kind.dataset.label == scratch.url.lastPathComponent)
        func expectSame(_ what: String) throws {
            let read = try data.read()
            #expect(read.train == expected.train && read.test == expected.test, "\(what)")
            #expect(try self.digest() == digest, "\(what)")
        }
        try write(x: npy([2, 3, 3, 2], interleaved), y: npy([2, 1], [2, 0, 0, 0, 0, 0, 0, 0], type: "<i4"))
        try expectSame("channels last, labels of 32 bits")
        try write(y: npy([2], [0, 2, 0, 0], type: ">i2"))
        try expectSame("big-endian labels")
        try clear()
        let first = Array(pixels[..<18])
        try scratch.write(zip([("images.npy", npy([2, 2, 3, 3], pixels)), ("labels.npy", npy([2], labels))]), "train.npz")
        try scratch.write(zip([("images.npy", npy([1, 2, 3, 3], first)), ("labels.npy", npy([1], [1]))]), "test.npz")
        try expectSame("an archive for each split")
        try clear()
        try scratch.write(gzip(idxHeader([2, 3, 3, 2]) + interleaved), "train-images-idx4-ubyte.gz")
        try scratch.write(idxHeader([2]) + labels, "train-labels.idx1-ubyte")
        try scratch.write(idxHeader([1, 2, 3, 3]) + first, "test-images")
        try scratch.write(idxHeader([1]) + [1], "t10k-labels-idx1-ubyte")
        try expectSame("IDX files")
        // The names of classes are no part of the content.
        try scratch.write(Array("red\ngreen\n\nblue\n".utf8), "classes.txt")
        try expectSame("with names")
        #expect(try data.describe().classNames == ["red", "green", "blue"])
        try scratch.write(Array("red\ngreen\nblue\ngrey\n".utf8), "classes.txt")
        #expect(try self.digest() != digest)
    }

    @Test("takes the same subset in every folder")
    func subset() throws {
        try write(x: npy([30, 1, 1], (0..<30).map { $0 }), y: npy([30], (0..<30).map { $0 % 3 }), test: npy([1, 1, 1], [0]))
        let other = try Scratch()
        try other.write(try scratch.read("data.npz"), "data.npz")
        let sets = try [data, OwnData(path: other.url.path)].map { try $0.read().subset(train: 7, test: nil) }
        #expect(sets[0].train.count == 7 && sets[0].train == sets[1].train)
    }

    @Test("with a fault is refused with the file, what is wrong and what to do")
    func faults() throws {
        func expect(_ text: String, missing: Bool = false, _ make: () throws -> Void) throws {
            try make()
            #expect {
                try data.read()
            } throws: { error in
                "\(error)".hasPrefix(scratch.url.path) && "\(error)".contains(text)
                    && (error as? DatasetError)?.isMissingFile == missing
            }
        }
        let f4 = npy([2, 2, 3, 3], [UInt8](repeating: 0, count: 144), type: "<f4")
        try expect("data.npz:x_train: holds elements of type <f4; save them as uint8") { try write(x: f4) }
        try expect("data.npz:x_train: holds elements of type int16; save them as uint8") {
            try write(x: npy([2, 3, 3], [UInt8](repeating: 0, count: 36), type: "<i2"))
        }
        try expect("in Fortran order") { try write(x: npy([2, 2, 3, 3], pixels, fortranOrder: true)) }
        try expect("has images of 3×6 pixels; make them square") { try write(x: npy([2, 3, 6], pixels)) }
        try expect("has the shape 36; expected (N, height, width)") { try write(x: npy([36], pixels)) }
        try expect("has 2 images, and there are 3 labels") { try write(y: npy([3], [0, 1, 2])) }
        try expect("label -1 of record 1") { try write(y: npy([2], [0, 255], type: "|i1")) }
        try expect("label 3 of record 0 (counted from 0) is no class; labels are 0 to 2") { try write(testLabels: npy([1], [3])) }
        try expect("has 1 class; give labels of 2 to 256 classes") { try write(y: npy([2], [0, 0]), testLabels: npy([1], [0])) }
        try expect("has test images of 1×3×3 and training images of 2×3×3") {
            try write(test: npy([1, 3, 3], Array(pixels[..<9])))
        }
        try expect("has 0 images; give 1 to") { try write(x: npy([0, 3, 3], []), y: npy([0], [])) }
        try expect("its header gives the shape [2, 2, 3, 3], and 35 bytes are there") {
            try write(x: npy([2, 2, 3, 3], Array(pixels.dropLast())))
        }
        try expect("its header gives the shape") { try write(x: npy([1 << 40, 1 << 40], [])) }
        try expect("has no array x_train or train_images or train_x, only x") {
            try clear()
            try scratch.write(zip([("x.npy", npy([1], [1]))]), "data.npz")
        }
        try expect("it has no directory at its end") {
            try clear()
            try scratch.write([1, 2, 3], "data.npz")
        }
        try expect("x_train.npy is damaged") {
            try write()
            var bytes = try scratch.read("data.npz")
            bytes[200] ^= 1
            try scratch.write(bytes, "data.npz")
        }
        try expect("holds a.npz, b.npz; keep one of them") {
            try clear()
            for name in ["a.npz", "b.npz"] { try scratch.write([], name) }
        }
        try expect("holds no images", missing: true) { try clear() }
        try expect("has no test.npz", missing: true) {
            try clear()
            try scratch.write([], "train.npz")
        }
        try expect("has no train-labels…", missing: true) {
            try clear()
            try scratch.write(idxHeader([2, 3, 3]) + pixels[..<18], "train-images")
        }
        try expect("its header gives 18 elements, and 17 are there") {
            try scratch.write(idxHeader([2, 3, 3]) + pixels[..<17], "train-images")
        }
        try expect("expected unsigned bytes in 1 to 4 dimensions") { try scratch.write([0, 0, 13, 3, 0], "train-images") }
        #expect {
            try OwnData(path: scratch.url.path + "/none").read()
        } throws: { error in
            "\(error)".contains("there is no such folder") && (error as? DatasetError)?.isMissingFile == true
        }
    }
}
