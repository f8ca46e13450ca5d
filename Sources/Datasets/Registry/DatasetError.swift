/// What can be wrong with a data set on disk or with what is asked of it; every case carries what a message needs.
public enum DatasetError: Error, Equatable, Sendable {
    /// No data set of this name; `known` lists those there are.
    case unknownDataset(name: String, known: [String])
    /// The data set's folder or archive is not under `root`, or `files` of it are not.
    case missing(dataset: String, root: String, files: [String])
    /// The system refuses to read the file; `code` is its errno.
    case unreadable(file: String, code: Int32)
    /// A file that is cut short or too long; in bytes, uncompressed.
    case wrongLength(file: String, expected: Int, found: Int)
    /// A label byte above what the data set has; `record` counts from 0.
    case labelOutOfRange(file: String, record: Int, label: Int, allowed: ClosedRange<Int>)
    /// An IDX file that starts with another number than its kind's.
    case wrongMagic(file: String, expected: UInt32, found: UInt32)
    /// An IDX header that promises other dimensions than the official file's.
    case wrongShape(file: String, expected: [Int], found: [Int])
    /// An IDX pair that does not hold one label an image.
    case countMismatch(images: String, imageCount: Int, labels: String, labelCount: Int)
    /// A gzip stream that ends before its end mark.
    case truncatedGzip(file: String)
    /// A gzip stream that zlib refuses; `detail` is zlib's word for why.
    case corruptGzip(file: String, detail: String)
    /// A tar archive that breaks its own format at byte `offset` (uncompressed).
    case corruptTar(file: String, offset: Int, fault: TarFault)
    /// A tar archive without an official file.
    case memberMissing(file: String, member: String)
    /// A tar archive that holds an official file twice.
    case memberRepeated(file: String, member: String)
    /// More samples asked for than the split has, or fewer than one.
    case sampleCount(dataset: String, split: Split, requested: Int, available: Int)
}

/// How a tar archive can be broken.
public enum TarFault: Error, Equatable, Sendable {
    /// The archive ends within a header or a member.
    case truncated
    /// A header whose checksum is not that of its bytes.
    case wrongChecksum
    /// A header whose size field is no number.
    case wrongSize
    /// A member above `limit` bytes: no official archive holds one.
    case memberTooLarge(limit: Int)
}
