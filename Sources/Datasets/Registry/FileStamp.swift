import Foundation

/// What one file on disk looked like: as long as these are the same, so is its content.
public struct FileStamp: Hashable, Sendable {
    /// The file's path, symbolic links resolved.
    public let path: String
    /// Bytes.
    public let size: Int64
    /// Time of its last change, nanoseconds since 1970.
    public let modified: Int64

    /// What a caller has stored.
    public init(path: String, size: Int64, modified: Int64) {
        self.path = path
        self.size = size
        self.modified = modified
    }

    /// What the file looks like now.
    /// - Throws: ``DatasetError/unreadable(file:code:)``
    public init(of url: URL) throws {
        var status = stat()
        guard stat(url.path, &status) == 0 else { throw DatasetError.unreadable(file: url.path, code: errno) }
        path = url.resolvingSymlinksInPath().path
        size = Int64(status.st_size)
        modified = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
    }
}
