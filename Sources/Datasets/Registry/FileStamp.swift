import Foundation

/// Identifies a version of a file: as long as the stamp is the same, so is the content.
public struct FileStamp: Hashable, Sendable {
    /// The file's path, symbolic links resolved.
    public let path: String
    /// Bytes.
    public let size: Int64
    /// Time of its last change, nanoseconds since 1970.
    public let modified: Int64

    /// A stamp from stored values.
    public init(path: String, size: Int64, modified: Int64) {
        self.path = path
        self.size = size
        self.modified = modified
    }

    /// The current stamp of a file.
    /// - Throws: ``DatasetError/unreadable(file:code:)``
    public init(of url: URL) throws {
        var status = stat()
        guard stat(url.path, &status) == 0 else { throw DatasetError.unreadable(file: url.path, code: errno) }
        path = url.resolvingSymlinksInPath().path
        size = Int64(status.st_size)
        modified = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
    }
}
