import Foundation

/// One uncompressed official file that training reads.
public struct OfficialFile: Equatable, Sendable {
    /// The file's name, such as `data_batch_1.bin`.
    public let name: String
    /// The split whose images or labels it holds.
    public let split: Split
    /// How many images, labels or records.
    public let count: Int
    /// What it holds.
    public let content: Content

    /// What an official file holds.
    public enum Content: Equatable, Sendable {
        /// Labels and pixels together, record by record.
        case records
        /// An IDX file of images.
        case images
        /// An IDX file of labels.
        case labels
    }

    /// - Parameter count: images, labels or records in the file.
    public init(_ name: String, _ split: Split, count: Int, content: Content) {
        self.name = name
        self.split = split
        self.count = count
        self.content = content
    }
}

/// One file that the official site serves.
public struct OfficialDownload: Equatable, Sendable {
    /// Where it is served.
    public let url: URL
    /// The official MD5, lower-case hex.
    let md5: String
    /// Its length in bytes as last seen: a hint for listings, never checked.
    public let bytes: Int
    /// Where it belongs below the datasets folder.
    public let path: String

    /// - Parameter path: relative to the datasets folder.
    public init(url: URL, md5: String, bytes: Int, path: String) {
        self.url = url
        self.md5 = md5
        self.bytes = bytes
        self.path = path
    }
}
