import Foundation

extension FileManager {
    /// A folder that cannot be made.
    public struct FolderFailure: Error {
        /// In the system's words, as `systemReason` gives them.
        public let reason: String
    }

    /// Makes a folder and those above it. Foundation does the same, but does not say that a file is in the way.
    public func makeFolder(at url: URL) throws(FolderFailure) {
        var path = url.standardizedFileURL.path, missing: [String] = [], isFolder: ObjCBool = false
        // Most are there. Some file systems refuse to make what exists in other words than that it exists.
        if fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue { return }
        // Those that are missing, from the lowest to the highest.
        while mkdir(path, 0o777) != 0 {
            let code = errno
            if code == EEXIST {
                var status = stat()
                guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { throw .init(code: ENOTDIR) }
                break
            }
            let above = (path as NSString).deletingLastPathComponent
            guard code == ENOENT, !above.isEmpty, above != path else { throw .init(code: code) }
            missing.append(path)
            path = above
        }
        for path in missing.reversed() where mkdir(path, 0o777) != 0 && errno != EEXIST { throw .init(code: errno) }
    }
}

extension FileManager.FolderFailure {
    fileprivate init(code: Int32) { self.init(reason: String(cString: strerror(code))) }
}
