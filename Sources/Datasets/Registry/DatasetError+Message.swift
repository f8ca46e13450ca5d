import Foundation
import Specs

extension DatasetError: CustomStringConvertible {
    /// One sentence that names the file, what is wrong with it and the remedy.
    public var description: String {
        switch self {
        case .unknownDataset(let name, let known):
            return "there is no data set named \(name); there are \(known.joined(separator: ", "))"
        case .missing(let dataset, let root, let files, let lookalikes):
            let near = lookalikes.isEmpty ? "" : "not read: \(lookalikes.joined(separator: ", ").printable), see docs/data.md; "
            return "\(root): \(dataset) is missing (files: \(files.joined(separator: ", "))); "
                + near + "fetch it with: pcnlab data fetch \(dataset)"
        case .unreadable(let file, let code):
            return "\(file): cannot be read: \(String(cString: strerror(code))); check the file's permissions and the disk"
        case .wrongLength(let file, let expected, let found):
            let what = found < expected ? "is truncated" : "is too long"
            return "\(file): \(what): expected \(expected) bytes, found \(found); \(Self.replace)"
        case .labelOutOfRange(let file, let record, let label, let allowed):
            return "\(file): record \(record) (counted from 0) has label \(label); "
                + "labels are \(allowed.lowerBound) to \(allowed.upperBound); \(Self.replace)"
        case .wrongMagic(let file, let expected, let found):
            return "\(file): is not the IDX file it should be: it starts with \(found), not \(expected); \(Self.replace)"
        case .wrongShape(let file, let expected, let found):
            return "\(file): its IDX header says \(Self.shape(found)); expected \(Self.shape(expected)); \(Self.replace)"
        case .countMismatch(let images, let imageCount, let labels, let labelCount):
            return "\(images): has \(imageCount) images but \(labels) has \(labelCount) labels; \(Self.replace)"
        case .truncatedGzip(let file):
            return "\(file): the gzip stream is truncated: the file ends before its end mark; \(Self.replace)"
        case .corruptGzip(let file, let detail):
            return "\(file): the gzip stream is corrupt: \(detail); \(Self.replace)"
        case .corruptTar(let file, let offset, let fault):
            return "\(file): the tar archive is corrupt at byte \(offset) (uncompressed): \(fault); \(Self.replace)"
        case .memberMissing(let file, let member):
            return "\(file): the archive does not hold \(member); \(Self.replace)"
        case .memberRepeated(let file, let member):
            return "\(file): the archive holds \(member) twice; \(Self.replace)"
        case .looksLike(let file, let other):
            return "\(file): has the size of \(other); if the two files are exchanged, exchange them again"
        case .badPickle(let file, let fault):
            return "\(file): is not a file of CIFAR's Python version: \(fault); \(Self.replace)"
        case .ownData(let file, let fault):
            return "\(file.printable): \(fault)"
        case .badPicture(let file, let fault):
            return "\(file.printable): \(fault)"
        case .badGraph(let file, let fault):
            return "\(file.printable): \(fault); \(Self.replace)"
        case .sampleCount(let dataset, let split, let requested, let available):
            return "\(split)_samples: \(requested) asked for, but the \(split) split of \(dataset) has \(available) images; "
                + "give a number from 1 to \(available)"
        }
    }

    /// Whether the data set, or part of it, is missing.
    public var isMissingFile: Bool {
        switch self {
        case .missing: true
        case .ownData(_, let fault): fault.isMissing
        case .unreadable(_, let code): code == ENOENT
        default: false
        }
    }

    private static let replace = "delete the file and fetch it again with: pcnlab data fetch NAME"

    private static func shape(_ sizes: [Int]) -> String { sizes.map(String.init).joined(separator: "×") }
}

extension DatasetError: LocalizedError {
    /// The same sentence, for Foundation's `localizedDescription`.
    public var errorDescription: String? { description }
}

extension TarFault: CustomStringConvertible {
    /// What is wrong, to be placed after the archive's name.
    public var description: String {
        switch self {
        case .truncated: "it is truncated"
        case .wrongChecksum: "a header's checksum is wrong"
        case .wrongSize: "a header's size is not a number"
        case .memberTooLarge(let limit): "a member is over \(limit) bytes"
        }
    }
}
