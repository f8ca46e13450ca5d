import Crypto
import Foundation
import Specs

/// The result of checking a data set. There is a report only if every count, length and label is right.
public struct VerifyReport: Sendable, Equatable {
    /// The data set's name.
    public let name: String
    /// The location that was read.
    public let location: DatasetLocation
    /// The content's digest, see ``DatasetFolder/digest(_:cache:)``.
    public let digest: String
    /// Images read.
    public let trainCount: Int
    /// Images read.
    public let testCount: Int
    /// Official downloads that are present and have the official MD5.
    let officialFiles: [String]
    /// Remarks that do not make the content invalid.
    public let remarks: [VerifyRemark]
}

/// An observation that does not prevent training.
public enum VerifyRemark: Sendable, Equatable, CustomStringConvertible {
    /// A file with an official download's name and another MD5.
    case notOfficial(file: String, expected: String, found: String)
    /// A class with a different number of images than the others, in a data set whose classes are balanced.
    case unbalanced(Split, className: String, expected: Int, found: Int)

    /// One sentence.
    public var description: String {
        switch self {
        case .notOfficial(let file, let expected, let found):
            "\(file): not the official archive (MD5 \(found), the official one has \(expected)); its content was checked instead"
        case .unbalanced(let split, let className, let expected, let found):
            "the \(split) split has \(found) images of class \(className), the official one has \(expected)"
        }
    }
}

extension DatasetFolder {
    /// Reads everything and checks lengths, counts and labels; if official downloads are present, compares their MD5 too.
    /// - Throws: ``DatasetError`` if the content is wrong. A different MD5 alone is a remark.
    public func verify(_ kind: DatasetKind) throws -> VerifyReport {
        let dataset = try load(kind)
        var remarks = Self.balanceRemarks(dataset)
        var official = [String]()
        for (download, url) in officialFiles(kind) {
            var hash = Insecure.MD5()
            try FileSource(path: url.path).forEachChunk { hash.update(bufferPointer: $0) }
            let found = hash.finalize().hexadecimal
            if found == download.md5 {
                official.append(url.path)
            } else {
                remarks.append(.notOfficial(file: url.path, expected: download.md5, found: found))
            }
        }
        return VerifyReport(
            name: kind.name, location: locate(kind), digest: try digest(kind, cache: MemoryDigestCache()),
            trainCount: dataset.train.count, testCount: dataset.test.count, officialFiles: official, remarks: remarks)
    }

    /// CIFAR and generated data have the same number of images in each class.
    private static func balanceRemarks(_ dataset: Dataset) -> [VerifyRemark] {
        if dataset.kind.format == .idx { return [] }
        return Split.allCases.flatMap { split -> [VerifyRemark] in
            var counts = [Int](repeating: 0, count: dataset.classes)
            for label in dataset[split].labels { counts[Int(label)] += 1 }
            let expected = dataset[split].count / dataset.classes
            return counts.enumerated().filter { $0.element != expected }.map {
                .unbalanced(split, className: dataset.classNames[$0.offset], expected: expected, found: $0.element)
            }
        }
    }
}
