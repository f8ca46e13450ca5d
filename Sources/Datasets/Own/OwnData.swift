import Crypto
import Foundation
import Specs

/// A folder of a user's own images, as IDX files or NumPy archives, or one such archive.
///
/// IDX: `train-images…`, `train-labels…`, `t10k-` or `test-images…` and `-labels…`, plain or `.gz`. NumPy: one `.npz` with
/// `x_train`, `y_train`, `x_test`, `y_test` (or `train_images`, `train_labels`, …), or `train.npz` and `test.npz` with `images`
/// and `labels`. A text `classes.txt` names the classes, one on a line.
public struct OwnData: Sendable {
    /// The folder or archive.
    public let url: URL

    /// - Parameter path: an absolute path.
    public init(path: String) { url = URL(fileURLWithPath: path) }

    /// What is known of the data once it is read: names of classes, numbers and size of images.
    /// - Throws: ``DatasetError``
    public func describe() throws -> DatasetName { try read().kind.dataset }

    /// Reads and checks everything.
    /// - Throws: ``DatasetError``
    public func read() throws -> Dataset {
        let arrays = try arrays()
        var sets: [(ImageSet, images: NumberArray, labels: NumberArray)] = []
        for (images, labels) in arrays {
            let (pixels, classes) = (try images.images(), try labels.labels())
            guard images.shape[0] == classes.count else {
                throw images.fault(.countMismatch(images: images.shape[0], labels: classes.count))
            }
            let set = ImageSet(
                channels: pixels.channels, height: pixels.side, width: pixels.side, pixels: pixels.pixels, labels: classes)
            sets.append((set, images, labels))
        }
        let (train, test) = (sets[0].0, sets[1].0)
        guard train.channels == test.channels, train.height == test.height else {
            throw sets[1].images.fault(
                .splitsDiffer(
                    train: [train.channels, train.height, train.width], test: [test.channels, test.height, test.width]))
        }
        let names = try classNames(Int(train.labels.max() ?? 0) + 1)
        guard (2...256).contains(names.count) else { throw sets[0].labels.fault(.wrongClasses(names.count)) }
        for set in sets {
            if let record = set.0.labels.firstIndex(where: { $0 >= names.count }) {
                throw set.labels.fault(
                    .labelOutOfRange(record: record, label: Int(set.0.labels[record]), classes: names.count))
            }
        }
        guard
            let name = DatasetName.own(
                folder: url.path, classNames: names, trainImages: train.count, testImages: test.count, channels: train.channels,
                side: train.height)
        else { throw sets[0].images.fault(.wrongCount(train.count, limit: DatasetName.imageLimit)) }
        return Dataset(kind: DatasetKind(own: name, url), train: train, test: test)
    }

    /// SHA-256, in lower-case hexadecimal, of the content, whatever files it comes from: for each split a line with its name, the
    /// numbers of images, channels, rows, columns and classes, then pixels (N, C, H, W) and labels.
    public static func digest(of data: Dataset) -> String {
        var hash = SHA256()
        for split in Split.allCases {
            let images = data[split]
            let sizes = [images.count, images.channels, images.height, images.width, data.classes]
            hash.update(data: Data("\(split) \(sizes.map(String.init).joined(separator: " "))\n".utf8))
            images.pixels.withUnsafeBytes { hash.update(bufferPointer: $0) }
            hash.update(data: images.labels)
        }
        return hash.finalize().hexadecimal
    }

    /// The files that are read, or nil if there is no such folder.
    var files: [String]? {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else { return nil }
        if !isFolder.boolValue { return [url.lastPathComponent] }
        return try? FileManager.default.contentsOfDirectory(atPath: url.path).sorted()
    }

    private func fault(_ fault: OwnDataFault) -> DatasetError { .ownData(file: url.path, fault: fault) }

    /// Images and labels of train and test.
    private func arrays() throws -> [(images: NumberArray, labels: NumberArray)] {
        guard let files else { throw fault(.noFolder) }
        if !url.hasDirectoryPath, url.pathExtension.lowercased() == "npz" { return try oneArchive(url) }
        let archives = files.filter { $0.lowercased().hasSuffix(".npz") }
        let isIDX = files.contains { $0.lowercased().hasPrefix("train-images") }
        if isIDX, let archive = archives.first { throw fault(.ambiguous(["train-images…", archive])) }
        if isIDX {
            return try [["train"], ["t10k", "test"]].map { prefixes in
                (try idx(files, prefixes, "images"), try idx(files, prefixes, "labels"))
            }
        }
        guard !archives.isEmpty else { throw fault(.noImages) }
        let splits = ["train.npz", "test.npz"].map { name in archives.first { $0.lowercased() == name } }
        if let train = splits[0], let test = splits[1] {
            return try [train, test].map { name in
                let archive = try NPZFile(url.appendingPathComponent(name))
                return (try archive.array(["images", "x", "data"]), try archive.array(["labels", "y", "targets"]))
            }
        }
        guard archives.count == 1 else {
            throw fault(
                splits.contains { $0 != nil } ? .fileMissing(splits[0] == nil ? "train.npz" : "test.npz") : .ambiguous(archives))
        }
        if splits[0] != nil { throw fault(.fileMissing("test.npz")) }
        return try oneArchive(url.appendingPathComponent(archives[0]))
    }

    private func oneArchive(_ url: URL) throws -> [(images: NumberArray, labels: NumberArray)] {
        let archive = try NPZFile(url)
        return try ["train", "test"].map { split in
            (
                try archive.array(["x_\(split)", "\(split)_images", "\(split)_x"]),
                try archive.array(["y_\(split)", "\(split)_labels", "\(split)_y"])
            )
        }
    }

    /// The IDX file of a split: its name begins with a prefix, a dash, and what it holds.
    private func idx(_ files: [String], _ prefixes: [String], _ what: String) throws -> NumberArray {
        let found = files.filter { file in prefixes.contains { file.lowercased().hasPrefix("\($0)-\(what)") } }
        guard let name = found.first else {
            throw fault(.fileMissing(prefixes.map { "\($0)-\(what)…" }.joined(separator: " or ")))
        }
        guard found.count == 1 else { throw fault(.ambiguous(found)) }
        let file = url.appendingPathComponent(name)
        return try NumberArray(idx: OfficialContent.source(file), name: file.path)
    }

    /// The names in `classes.txt`, else the numbers of the labels.
    private func classNames(_ count: Int) throws -> [String] {
        let file = url.appendingPathComponent("classes.txt")
        guard FileManager.default.fileExists(atPath: file.path) else { return (0..<count).map(String.init) }
        guard let bytes = try FileSource(path: file.path).bytes(upTo: 1 << 16) else {
            throw DatasetError.ownData(file: file.path, fault: .wrongFormat(format: "text", detail: "it is over 64 KiB"))
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
        let names = lines.map { String(String($0).printable.drop { $0 == " " }) }.filter { !$0.isEmpty }
        guard names.count <= 256 else { throw DatasetError.ownData(file: file.path, fault: .wrongClasses(names.count)) }
        return names
    }
}

/// The arrays of one NumPy archive.
private struct NPZFile {
    private let zip: ZipReader
    private let path: String

    init(_ url: URL) throws {
        path = url.path
        zip = try ZipReader(path: url.path)
    }

    /// The first of the arrays with one of these names.
    func array(_ names: [String]) throws -> NumberArray {
        for name in names {
            guard let member = zip.names.first(where: { $0.lowercased() == name + ".npy" }) else { continue }
            return try NumberArray(npy: zip.content(of: member), name: "\(path):\(name)")
        }
        let found = zip.names.filter { $0.hasSuffix(".npy") }.map { String($0.dropLast(4)) }
        throw DatasetError.ownData(file: path, fault: .arrayMissing(expected: names, found: Array(found.prefix(8))))
    }
}
