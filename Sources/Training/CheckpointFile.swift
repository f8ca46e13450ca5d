import Crypto
import Foundation
import Tensors

/// A checkpoint on disk: a safetensors file, whole or not there at all.
public struct CheckpointFile: Sendable, Equatable {
    public let bytes: Int
    /// Lower-case hexadecimal.
    public let sha256: String

    public enum Failure: Error, CustomStringConvertible {
        case cannotWrite(path: String, errno: Int32)
        case cannotRead(path: String, errno: Int32)
        case damaged(path: String, expected: String, found: String)

        public var description: String {
            switch self {
            case .cannotWrite(let path, let errno): "cannot write \(path): \(String(cString: strerror(errno)))"
            case .cannotRead(let path, let errno): "cannot read \(path): \(String(cString: strerror(errno)))"
            case .damaged(let path, let expected, let found):
                "\(path) is damaged: its SHA-256 is \(found.prefix(12))…, \(expected.prefix(12))… was written"
            }
        }
    }

    /// Writes `contents` durably: to a temporary file beside it, synced, renamed, and the folder synced.
    public static func write(_ contents: Data, to url: URL) throws -> CheckpointFile {
        let folder = url.deletingLastPathComponent()
        for folder in [folder.deletingLastPathComponent(), folder] {
            guard mkdir(folder.path, 0o777) == 0 || errno == EEXIST else {
                throw Failure.cannotWrite(path: folder.path, errno: errno)
            }
        }
        let temporary = folder.appending(path: ".\(url.lastPathComponent).\(getpid()).tmp")
        do {
            try writeSynced(contents, temporary.path)
            guard rename(temporary.path, url.path) == 0 else { throw Failure.cannotWrite(path: url.path, errno: errno) }
        } catch {
            unlink(temporary.path)
            throw error
        }
        try sync(folder: folder.path)
        // A file is durable only when its folder's own entry is.
        try sync(folder: folder.deletingLastPathComponent().path)
        return CheckpointFile(bytes: contents.count, sha256: hexadecimal(SHA256.hash(data: contents)))
    }

    /// Reads a checkpoint, and refuses one whose bytes are not those that were written.
    public static func read(_ url: URL, sha256 expected: String) throws -> Safetensors {
        // A pipe would be waited for.
        let file = open(url.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw Failure.cannotRead(path: url.path, errno: errno) }
        let handle = FileHandle(fileDescriptor: file, closeOnDealloc: true)
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw Failure.cannotRead(path: url.path, errno: EINVAL)
        }
        guard let contents = try? handle.readToEnd() ?? Data() else { throw Failure.cannotRead(path: url.path, errno: EIO) }
        let found = hexadecimal(SHA256.hash(data: contents))
        guard found == expected else { throw Failure.damaged(path: url.path, expected: expected, found: found) }
        return try Safetensors(contents)
    }

    /// Whether an error of `read`, or of taking up what it read, means that this file will never serve again.
    public static func isDamaged(_ error: any Error) -> Bool {
        if error is Safetensors.Failure { return true }
        switch error as? Failure {
        case .damaged, .cannotRead(_, ENOENT): return true
        case .cannotRead, .cannotWrite, nil: return false
        }
    }

    private static func writeSynced(_ contents: Data, _ path: String) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard file >= 0 else { throw Failure.cannotWrite(path: path, errno: errno) }
        defer { close(file) }
        try contents.withUnsafeBytes { bytes in
            var written = 0
            while written < bytes.count {
                let count = Foundation.write(file, bytes.baseAddress! + written, bytes.count - written)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw Failure.cannotWrite(path: path, errno: errno) }
                written += count
            }
        }
        guard fsync(file) == 0 else { throw Failure.cannotWrite(path: path, errno: errno) }
    }

    private static func sync(folder: String) throws {
        let file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard file >= 0 else { throw Failure.cannotWrite(path: folder, errno: errno) }
        defer { close(file) }
        guard fsync(file) == 0 else { throw Failure.cannotWrite(path: folder, errno: errno) }
    }
}

/// Lower-case hexadecimal digits of a digest.
func hexadecimal(_ digest: some Sequence<UInt8>) -> String {
    digest.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
}
