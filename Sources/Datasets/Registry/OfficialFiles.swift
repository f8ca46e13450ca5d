import Foundation

/// One uncompressed official file that training reads.
public struct OfficialFile: Equatable, Sendable {
    /// The file's name, such as `data_batch_1.bin`.
    public let name: String
    /// The split whose images or labels it holds.
    public let split: Split
    /// Number of images, labels or records.
    public let count: Int
    /// Its content.
    public let content: Content

    /// The content of an official file.
    public enum Content: Equatable, Sendable {
        /// Records of labels and pixels.
        case records
        /// An IDX file of images.
        case images
        /// An IDX file of labels.
        case labels
        /// Lines of a graph's nodes: an id, the features, the class.
        case nodes
        /// Lines of two ids.
        case edges
    }

    /// - Parameter count: images, labels or records in the file.
    public init(_ name: String, _ split: Split, count: Int, content: Content) {
        self.name = name
        self.split = split
        self.count = count
        self.content = content
    }
}

/// A file of the official site.
public struct OfficialDownload: Equatable, Sendable {
    /// Its address.
    public let url: URL
    /// The official MD5 in lower-case hexadecimal.
    let md5: String
    /// Its size in bytes when last checked. Used for listings only.
    public let bytes: Int
    /// Its path below the datasets folder.
    public let path: String

    /// - Parameter path: relative to the datasets folder.
    public init(url: URL, md5: String, bytes: Int, path: String) {
        self.url = url
        self.md5 = md5
        self.bytes = bytes
        self.path = path
    }
}
