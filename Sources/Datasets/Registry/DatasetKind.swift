import Specs

/// How a data set's official files are laid out.
public enum DatasetFormat: Equatable, Sendable {
    /// CIFAR's binary version: records of one byte a label, then the pixels channel-first. Each label byte lies below its
    /// element of `labelRanges`; the last is the class.
    case cifar(labelRanges: [Int])
    /// MNIST's IDX files: big-endian header, then bytes; images and labels apart, plain or gzipped.
    case idx
    /// Made by this program: there are no files.
    case generated
}

/// A data set with its official files and where they come from.
public struct DatasetKind: Equatable, Sendable, Identifiable {
    /// What specs know of it: names, classes and the shape of an image.
    public let dataset: DatasetName
    /// How the files are laid out.
    public let format: DatasetFormat
    /// The folder's official name below the datasets folder; empty when generated.
    public let folder: String
    /// The files that training reads, in the order of the images; empty when generated.
    public let files: [OfficialFile]
    /// What the official site serves; empty when generated.
    public let downloads: [OfficialDownload]
    /// Whose data it is and under which terms.
    public let terms: String

    /// A data set in one of the known formats.
    public init(
        _ dataset: DatasetName, format: DatasetFormat, folder: String = "", files: [OfficialFile] = [],
        downloads: [OfficialDownload] = [], terms: String
    ) {
        self.dataset = dataset
        self.format = format
        self.folder = folder
        self.files = files
        self.downloads = downloads
        self.terms = terms
    }

    /// The name in specs and commands, such as `cifar10`.
    public var name: String { dataset.name }

    /// The name in specs.
    public var id: String { name }

    /// Bytes that a fetch transfers, as last seen.
    public var downloadBytes: Int { downloads.reduce(0) { $0 + $1.bytes } }

    /// Images in a split.
    public func count(_ split: Split) -> Int {
        switch format {
        case .generated: Shapes.count(split)
        case .cifar, .idx:
            files.filter { $0.split == split && $0.content != .labels }.reduce(0) { $0 + $1.count }
        }
    }

    /// Bytes that an intact official file has, uncompressed.
    public func length(of file: OfficialFile) -> Int {
        switch file.content {
        case .records:
            guard case .cifar(let labelRanges) = format else { return 0 }
            return file.count * (labelRanges.count + dataset.imageSize)
        case .images: return 16 + file.count * dataset.imageSize
        case .labels: return 8 + file.count
        }
    }
}

extension DatasetKind: CustomStringConvertible {
    /// The name in specs.
    public var description: String { name }
}
