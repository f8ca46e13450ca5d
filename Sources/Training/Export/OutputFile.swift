import Foundation

/// A file that a user names for output. It is written piece by piece and appears complete at `commit`, or not at all.
///
/// A regular file of one link is replaced as a whole, with its permissions kept. Anything else is written through: a device, a pipe,
/// an open descriptor, a symbolic link, a file that has other links or another owner, or whose folder takes no new file.
public final class OutputFile {
    /// How `commit` gets the contents to where they belong.
    private enum Target {
        /// The temporary file beside it is renamed.
        case renamed(temporary: String)
        /// The temporary file, which has no name, is copied into what is there.
        case through
    }

    private let url: URL
    private let target: Target
    private let descriptor: Int32
    private var isCommitted = false
    /// Bytes so far.
    public private(set) var count = 0

    /// - Throws: `CheckpointFile.Failure.cannotWrite`, as everything here.
    public init(_ url: URL) throws {
        self.url = url
        var status = stat()
        let exists = lstat(url.path, &status) == 0, type = status.st_mode & S_IFMT
        let refusal = !exists ? 0 : type == S_IFDIR ? EISDIR : type == S_IFLNK || access(url.path, W_OK) == 0 ? 0 : errno
        if refusal != 0 { throw CheckpointFile.Failure.cannotWrite(path: url.relativePath, errno: refusal) }
        // The name is short, so that the longest names can be replaced too.
        let name = ".pcnlab-\(UUID().uuidString.prefix(13)).tmp"
        if !exists || (type == S_IFREG && status.st_nlink == 1 && status.st_uid == geteuid()) {
            let temporary = url.deletingLastPathComponent().appending(path: name).path
            let file = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            if file >= 0 || !exists {
                if file < 0 { throw CheckpointFile.Failure.cannotWrite(path: url.relativePath, errno: errno) }
                if exists {
                    // The group first: a change of it takes away some of the permissions.
                    _ = fchown(file, uid_t.max, status.st_gid)
                    fchmod(file, status.st_mode & 0o7777)
                }
                (target, descriptor) = (.renamed(temporary: temporary), file)
                return
            }
        }
        let temporary = FileManager.default.temporaryDirectory.appending(path: name).path
        (target, descriptor) = (.through, open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600))
        if descriptor < 0 { throw CheckpointFile.Failure.cannotWrite(path: url.relativePath, errno: errno) }
        unlink(temporary)
    }

    deinit {
        close(descriptor)
        if case .renamed(let temporary) = target, !isCommitted { unlink(temporary) }
    }

    func append(_ bytes: UnsafeRawBufferPointer) throws {
        try write(bytes, at: count)
        count += bytes.count
    }

    public func append(_ bytes: some DataProtocol) throws {
        for region in bytes.regions { try region.withUnsafeBytes(append) }
    }

    /// Overwrites bytes that were written before.
    func patch(_ bytes: Data, at offset: Int) throws {
        precondition(offset + bytes.count <= count)
        try bytes.withUnsafeBytes { try write($0, at: offset) }
    }

    /// Makes the contents appear under the name.
    public func commit() throws {
        switch target {
        case .renamed(let temporary):
            guard fsync(descriptor) == 0, rename(temporary, url.path) == 0 else { throw failure }
        case .through: try copyThrough()
        }
        isCommitted = true
    }

    private var failure: CheckpointFile.Failure { .cannotWrite(path: url.relativePath, errno: errno) }

    private func copyThrough() throws {
        let file = Self.openDescriptor(url).map { dup($0) } ?? open(url.path, O_WRONLY | O_CREAT | O_CLOEXEC | O_TRUNC, 0o666)
        guard file >= 0 else { throw failure }
        do { try copy(to: file) } catch {
            close(file)
            throw error
        }
        // A file on another machine may be refused only here.
        guard close(file) == 0 else { throw failure }
    }

    /// The descriptor that a name such as /dev/stdout or /dev/fd/63 stands for. It is used as it is: opened by that name, a socket would
    /// be refused, a file written from its beginning, and a closed descriptor would be another file.
    private static func openDescriptor(_ url: URL) -> Int32? {
        switch url.path {
        case "/dev/stdin": return STDIN_FILENO
        case "/dev/stdout": return STDOUT_FILENO
        case "/dev/stderr": return STDERR_FILENO
        case let path:
            let folder = ["/dev/fd/", "/proc/self/fd/"].first(where: path.hasPrefix)
            return folder.flatMap { Int32(path.dropFirst($0.count)) }
        }
    }

    /// Whether a name stands for a descriptor that the program was started with, such as /dev/stdout.
    public static func isOpenDescriptor(_ url: URL) -> Bool { openDescriptor(url) != nil }

    private func copy(to file: Int32) throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { buffer.deallocate() }
        var offset = 0
        while offset < count {
            let length = pread(descriptor, buffer.baseAddress!, buffer.count, off_t(offset))
            if length < 0, errno == EINTR { continue }
            guard length > 0 else { throw failure }
            var written = 0
            while written < length {
                let count = Foundation.write(file, buffer.baseAddress! + written, length - written)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw failure }
                written += count
            }
            offset += length
        }
    }

    private func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws {
        var written = 0
        while written < bytes.count {
            let count = pwrite(descriptor, bytes.baseAddress! + written, bytes.count - written, off_t(offset + written))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure }
            written += count
        }
    }
}
