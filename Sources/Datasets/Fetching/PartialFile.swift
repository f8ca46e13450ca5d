import Crypto
import Foundation
import Specs

/// The `.part` file of a download, which is hashed as it is written, and renamed once it is complete and has the right digest.
final class PartialFile {
    /// The file itself, `NAME.part`.
    let path: String
    private let destination: String
    private let descriptor: Int32
    private var hash = Insecure.MD5()
    /// Size in bytes so far.
    private(set) var count: Int64 = 0

    /// Opens the file of an earlier download, or creates it and its folder.
    /// - Throws: ``FetchError``
    init(for destination: URL) throws {
        self.destination = destination.path
        path = destination.path + ".part"
        do {
            try FileManager.default.createDirectory(
                at: destination.deletingLastPathComponent(), withIntermediateDirectories: true)
        } catch {
            throw FetchError.cannotWrite(path: destination.deletingLastPathComponent().path, code: Self.code(of: error))
        }
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw Self.failure(path, errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw FetchError.busy(path: path) }
        count = Int64(
            try FileSource(path: path).forEachChunk { hash.update(bufferPointer: $0) })
        guard lseek(descriptor, off_t(count), SEEK_SET) >= 0 else { throw Self.failure(path, errno) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Truncates the file.
    func restart() throws {
        guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else { throw Self.failure(path, errno) }
        hash = Insecure.MD5()
        count = 0
    }

    /// Appends bytes.
    /// - Throws: ``FetchError/diskFull(path:)``, ``FetchError/cannotWrite(path:code:)``
    func append(_ data: Data) throws {
        try Self.write(data, to: descriptor, path: path) { written in
            hash.update(bufferPointer: written)
            count += Int64(written.count)
        }
    }

    /// Writes all bytes; `progress` is called after each part.
    static func write(
        _ data: Data, to descriptor: Int32, path: String, _ written: (UnsafeRawBufferPointer) -> Void
    ) throws {
        try data.withUnsafeBytes { bytes in
            var left = bytes[...]
            while !left.isEmpty {
                let part = UnsafeRawBufferPointer(rebasing: left)
                let count = Foundation.write(descriptor, part.baseAddress, part.count)
                if count < 0 {
                    if errno == EINTR { continue }
                    throw failure(path, errno)
                }
                written(UnsafeRawBufferPointer(rebasing: part[..<count]))
                left = left.dropFirst(count)
            }
        }
    }

    /// Renames the file to its destination if its MD5 is right; removes it otherwise.
    /// - Throws: ``FetchError/wrongDigest(url:expected:found:)``, ``FetchError/cannotWrite(path:code:)``
    func finish(md5: String, url: URL) throws {
        let found = hash.finalize().hexadecimal
        guard found == md5.lowercased() else {
            unlink(path)
            throw FetchError.wrongDigest(url: url, expected: md5.lowercased(), found: found)
        }
        // Sync before renaming: a file with the official name is always complete.
        guard fsync(descriptor) == 0, rename(path, destination) == 0 else { throw Self.failure(path, errno) }
    }

    private static func failure(_ path: String, _ code: Int32) -> FetchError {
        code == ENOSPC || code == EDQUOT ? .diskFull(path: path) : .cannotWrite(path: path, code: code)
    }

    /// The errno of a Foundation error, if it has one.
    private static func code(of error: any Error) -> Int32 {
        let error = error as NSError
        if error.domain == NSPOSIXErrorDomain { return Int32(error.code) }
        if let cause = error.userInfo[NSUnderlyingErrorKey] as? any Error { return code(of: cause) }
        return error.code == CocoaError.fileWriteNoPermission.rawValue ? EACCES : ENOTDIR
    }
}
