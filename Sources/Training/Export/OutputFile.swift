import Foundation

/// A file that is written bit by bit and appears whole or not at all: it has another name until `commit`.
final class OutputFile {
    private let url: URL
    private let temporary: String
    private let descriptor: Int32
    private var isCommitted = false
    /// Bytes so far.
    private(set) var count = 0

    /// - Throws: `CheckpointFile.Failure.cannotWrite`, as everything here.
    init(_ url: URL) throws {
        self.url = url
        temporary = url.deletingLastPathComponent().appending(path: ".\(url.lastPathComponent).\(getpid()).tmp").path
        descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        if descriptor < 0 { throw CheckpointFile.Failure.cannotWrite(path: url.relativePath, errno: errno) }
    }

    deinit {
        close(descriptor)
        if !isCommitted { unlink(temporary) }
    }

    func append(_ bytes: UnsafeRawBufferPointer) throws {
        try write(bytes, at: count)
        count += bytes.count
    }

    func append(_ bytes: some DataProtocol) throws {
        for region in bytes.regions { try region.withUnsafeBytes(append) }
    }

    /// Writes over bytes that were written before.
    func patch(_ bytes: Data, at offset: Int) throws {
        precondition(offset + bytes.count <= count)
        try bytes.withUnsafeBytes { try write($0, at: offset) }
    }

    /// The file takes its name.
    func commit() throws {
        guard fsync(descriptor) == 0, rename(temporary, url.path) == 0 else {
            throw CheckpointFile.Failure.cannotWrite(path: url.relativePath, errno: errno)
        }
        isCommitted = true
    }

    private func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws {
        var written = 0
        while written < bytes.count {
            let count = pwrite(descriptor, bytes.baseAddress! + written, bytes.count - written, off_t(offset + written))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw CheckpointFile.Failure.cannotWrite(path: url.relativePath, errno: errno) }
            written += count
        }
    }
}
