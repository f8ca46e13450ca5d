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
    /// Whether the pictures and labels of each split are the official ones, in any order; nil if those are not known.
    public let isOfficial: Bool?
    /// Remarks that do not make the content invalid.
    public let remarks: [VerifyRemark]
}

/// An observation that does not prevent training.
public enum VerifyRemark: Sendable, Equatable, CustomStringConvertible {
    /// A file with an official download's name and another MD5.
    case notOfficial(file: String, expected: String, found: String)
    /// A class with a different number of images than the others, in a data set whose classes are balanced.
    case unbalanced(Split, className: String, expected: Int, found: Int)
    /// Records of a file, counted from 0, whose pictures are not official ones.
    case otherPictures(file: String, records: [Int], of: Int)
    /// Records whose pictures are official ones with another label; the first with its label and the official one.
    case otherLabels(file: String, records: [Int], of: Int, found: String, official: String)
    /// Records that belong to the other split.
    case otherSplit(file: String, records: [Int], of: Int, Split)

    /// One sentence.
    public var description: String {
        switch self {
        case .notOfficial(let file, let expected, let found):
            "\(file): not the official archive (MD5 \(found), the official one has \(expected)); its content was checked instead"
        case .unbalanced(let split, let className, let expected, let found):
            "the \(split) split has \(found) images of class \(className), the official one has \(expected)"
        case .otherPictures(let file, let records, let count):
            "\(file): \(Self.share(records, count, "images")) not official: \(RecordRanges(records))"
        case .otherLabels(let file, let records, let count, let found, let official):
            "\(file): \(Self.share(records, count, "labels")) not official for "
                + "\(records.count == 1 ? "its image" : "their images"): \(RecordRanges(records)); "
                + "record \(records[0]) has \(found), officially \(official)"
        case .otherSplit(let file, let records, let count, let split):
            "\(file): \(Self.share(records, count, "images")) of the official \(split) split: \(RecordRanges(records))"
        }
    }

    private static func share(_ records: [Int], _ count: Int, _ noun: String) -> String {
        "\(records.count.grouped) of \(count.grouped) \(noun) \(records.count == 1 ? "is" : "are")"
    }
}

/// Numbers of records as people read them: records 0–1,999, 2,004 and 37 more.
struct RecordRanges: CustomStringConvertible {
    let description: String

    /// - Parameter records: in ascending order.
    init(_ records: [Int]) {
        var ranges: [ClosedRange<Int>] = []
        for record in records {
            if let last = ranges.last, last.upperBound + 1 == record {
                ranges[ranges.count - 1] = last.lowerBound...record
            } else {
                ranges.append(record...record)
            }
        }
        let shown = ranges.prefix(8), left = records.count - shown.reduce(0) { $0 + $1.count }
        let texts = shown.map { $0.count == 1 ? $0.lowerBound.grouped : "\($0.lowerBound.grouped)–\($0.upperBound.grouped)" }
        description =
            "record\(records.count == 1 ? "" : "s") " + texts.joined(separator: ", ")
            + (left > 0 ? " and \(left.grouped) more" : "")
    }
}

/// Several faults of a data set's files.
public struct DatasetFaults: Error, CustomStringConvertible {
    /// At least one.
    public let faults: [DatasetError]
    /// A line for each.
    public var description: String { faults.map(\.description).joined(separator: "\n") }
}

extension DatasetFolder {
    /// Reads everything, checks lengths, counts and labels, and compares every record with the official content; if official
    /// downloads are present, compares their MD5 too.
    /// - Throws: ``DatasetFaults`` or ``DatasetError`` if the content cannot be read. Other content is a remark.
    public func verify(_ kind: DatasetKind) throws -> VerifyReport {
        let dataset: Dataset
        do {
            dataset = try load(kind)
        } catch let error as DatasetError {
            let faults = faults(of: kind)
            throw faults.count > 1 ? DatasetFaults(faults: faults) : faults.first ?? error
        }
        var remarks: [VerifyRemark] = []
        var isOfficial: Bool?
        if !kind.official.isEmpty {
            let found = Split.allCases.map { differences(of: dataset, $0) }
            isOfficial = found.allSatisfy { $0 == nil }
            remarks += found.flatMap { $0 ?? [] }
        }
        if isOfficial == nil, dataset.graph == nil { remarks += Self.balanceRemarks(dataset) }
        var official = [String]()
        for (download, url) in officialFiles(kind) {
            var hash = Insecure.MD5()
            try FileSource(path: url.path).forEachChunk { hash.update(bufferPointer: $0) }
            let found = hash.finalize().hexadecimal
            if found == download.md5 {
                official.append(url.path)
            } else if isOfficial != true {
                remarks.append(.notOfficial(file: url.path, expected: download.md5, found: found))
            }
        }
        return VerifyReport(
            name: kind.name, location: locate(kind), digest: try digest(kind, cache: MemoryDigestCache()),
            trainCount: dataset.train.count, testCount: dataset.test.count, officialFiles: official, isOfficial: isOfficial,
            remarks: remarks)
    }

    /// Whether the content is the official one, in any order; nil if that is not known.
    /// - Throws: ``DatasetError``
    public func isOfficial(_ kind: DatasetKind) throws -> Bool? {
        if kind.official.isEmpty { return nil }
        let dataset = try load(kind)
        return kind.official.allSatisfy { split, official in
            RecordKey.digest(of: RecordKey.all(of: dataset[split])) == official.digest
        }
    }

    /// Nil if a split has the official content, else the records of each file that have not. The table knows the beginnings of
    /// keys only, so that one wrong record in some hundreds may go unnamed; that there is one is certain.
    private func differences(of dataset: Dataset, _ split: Split) -> [VerifyRemark]? {
        let kind = dataset.kind, keys = RecordKey.all(of: dataset[split])
        guard let official = kind.official[split], RecordKey.digest(of: keys) != official.digest else { return nil }
        let other: Split = split == .train ? .test : .train
        let comparison = RecordComparison(keys, official, other: kind.official[other])
        let content = content(kind)
        var first = 0
        return kind.files.filter { $0.split == split && $0.content != .labels }.flatMap { file -> [VerifyRemark] in
            let places = first..<first + file.count
            first += file.count
            let labelled =
                file.content == .records ? file : kind.files.first { $0.split == split && $0.content == .labels } ?? file
            let own = { (records: [Int]) in records.filter(places.contains).map { $0 - places.lowerBound } }
            let (name, labelName) = (content.name(of: file), content.name(of: labelled))
            let labels = comparison.labels.filter { places.contains($0.record) }
            var remarks: [VerifyRemark] = []
            if case let records = own(comparison.pictures), !records.isEmpty {
                remarks.append(.otherPictures(file: name, records: records, of: file.count))
            }
            if let label = labels.first {
                remarks.append(
                    .otherLabels(
                        file: labelName, records: own(labels.map(\.record)), of: file.count,
                        found: dataset.classNames[Int(label.found)], official: dataset.classNames[Int(label.official)]))
            }
            if case let records = own(comparison.otherSplit), !records.isEmpty {
                remarks.append(.otherSplit(file: name, records: records, of: file.count, other))
            }
            return remarks
        }
    }

    /// CIFAR and generated data have the same number of images in each class.
    private static func balanceRemarks(_ dataset: Dataset) -> [VerifyRemark] {
        switch dataset.kind.format {
        case .idx, .own, .citations: return []
        case .cifar, .generated: break
        }
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
