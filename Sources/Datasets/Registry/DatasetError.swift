/// An error in a data set on disk or in a request for it. Each case carries the values that its message needs.
public enum DatasetError: Error, Equatable, Sendable {
    /// No data set has this name; `known` lists the known names.
    case unknownDataset(name: String, known: [String])
    /// Files of the data set are missing under `root`; `lookalikes` are names there that remind of it.
    case missing(dataset: String, root: String, files: [String], lookalikes: [String] = [])
    /// The file cannot be read; `code` is errno.
    case unreadable(file: String, code: Int32)
    /// A file that is too short or too long; in bytes, uncompressed.
    case wrongLength(file: String, expected: Int, found: Int)
    /// A label byte that is out of range; `record` counts from 0.
    case labelOutOfRange(file: String, record: Int, label: Int, allowed: ClosedRange<Int>)
    /// An IDX file with a wrong magic number.
    case wrongMagic(file: String, expected: UInt32, found: UInt32)
    /// An IDX header whose dimensions differ from those of the official file.
    case wrongShape(file: String, expected: [Int], found: [Int])
    /// A pair of IDX files with different numbers of images and labels.
    case countMismatch(images: String, imageCount: Int, labels: String, labelCount: Int)
    /// A gzip stream that ends before its end mark.
    case truncatedGzip(file: String)
    /// A gzip stream that zlib rejects; `detail` is zlib's message.
    case corruptGzip(file: String, detail: String)
    /// A tar archive that is malformed at byte `offset` (uncompressed).
    case corruptTar(file: String, offset: Int, fault: TarFault)
    /// A tar archive that lacks an official file.
    case memberMissing(file: String, member: String)
    /// A tar archive that contains an official file twice.
    case memberRepeated(file: String, member: String)
    /// A file with the size or header of another official file.
    case looksLike(file: String, other: String)
    /// A pickle that is not what CIFAR's Python version holds.
    case badPickle(file: String, fault: PickleFault)
    /// A folder of own images, or a file in it, that cannot be used.
    case ownData(file: String, fault: OwnDataFault)
    /// A picture that cannot be read.
    case badPicture(file: String, fault: PictureFault)
    /// A graph's text that cannot be read.
    case badGraph(file: String, fault: CitationText.Fault)
    /// A requested number of samples that is less than 1 or more than the split has.
    case sampleCount(dataset: String, split: Split, requested: Int, available: Int)
}

/// A defect of a tar archive.
public enum TarFault: Error, Equatable, Sendable {
    /// The archive ends within a header or a member.
    case truncated
    /// A header with a wrong checksum.
    case wrongChecksum
    /// A header whose size field is not a number.
    case wrongSize
    /// A member larger than `limit` bytes, which no official archive contains.
    case memberTooLarge(limit: Int)
}
