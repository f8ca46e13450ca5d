import Foundation

/// A file that a user names for output. It is written piece by piece and appears complete at `commit`, or not at all.
///
/// A regular file of one link is replaced as a whole, with its permissions kept. Anything else is written through: a device, a pipe,
/// a symbolic link, a file that has other links or another owner.
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
    private(set) var count = 0

    /// - Throws: `CheckpointFile.Failure.cannotWrite`, as everything here.
    public init(_ url: URL) throws {
        self.url = url
        var status = stat()
        let exists = lstat(url.path, &status) == 0, type = status.st_mode & S_IFMT
        let refusal = !exists ? 0 : type == S_IFDIR ? EISDIR : type == S_IFLNK || access(url.path, W_OK) == 0 ? 0 : errno
        if refusal != 0 { throw CheckpointFile.Failure.cannotWrite(path: url.relativePath, errno: refusal) }
        if !exists || (type == S_IFREG && status.st_nlink == 1 && status.st_uid == geteuid()) {
            let temporary = url.deletingLastPathComponent().appending(path: ".\(url.lastPathComponent).\(getpid()).tmp").path
            target = .renamed(temporary: temporary)
            descriptor = open(temporary, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
            if descriptor >= 0, exists { fchmod(descriptor, status.st_mode & 0o7777) }
        } else {
            let temporary = FileManager.default.temporaryDirectory.appending(path: "pcnlab-\(UUID().uuidString)").path
            target = .through
            descriptor = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            if descriptor >= 0 { unlink(temporary) }
        }
        if descriptor < 0 { throw CheckpointFile.Failure.cannotWrite(path: url.relativePath, errno: errno) }
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
        // /dev/stdout may be a file that a shell appends to.
        let isDescriptor = url.path.hasPrefix("/dev/") || url.path.hasPrefix("/proc/")
        let file = open(url.path, O_WRONLY | O_CREAT | O_CLOEXEC | (isDescriptor ? O_APPEND : O_TRUNC), 0o666)
        guard file >= 0 else { throw failure }
        defer { close(file) }
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
