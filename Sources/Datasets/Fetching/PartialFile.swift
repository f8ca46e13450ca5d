import Crypto
import Foundation
import Specs

/// The `.part` file of a download: appended to, hashed along, and renamed when it is the right one.
final class PartialFile {
    /// The file itself, `NAME.part`.
    let path: String
    private let destination: String
    private let descriptor: Int32
    private var hash = Insecure.MD5()
    /// Bytes so far.
    private(set) var count: Int64 = 0

    /// Opens what an earlier download left, or starts anew; makes the folder.
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

    /// Drops what there is.
    func restart() throws {
        guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else { throw Self.failure(path, errno) }
        hash = Insecure.MD5()
        count = 0
    }

    /// Writes the next bytes.
    /// - Throws: ``FetchError/diskFull(path:)``, ``FetchError/cannotWrite(path:code:)``
    func append(_ data: Data) throws {
        try Self.write(data, to: descriptor, path: path) { written in
            hash.update(bufferPointer: written)
            count += Int64(written.count)
        }
    }

    /// Writes all of it, telling of each part that is written.
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

    /// Puts the file in its place where its MD5 is right; removes it where it is not.
    /// - Throws: ``FetchError/wrongDigest(url:expected:found:)``, ``FetchError/cannotWrite(path:code:)``
    func finish(md5: String, url: URL) throws {
        let found = hash.finalize().hexadecimal
        guard found == md5.lowercased() else {
            unlink(path)
            throw FetchError.wrongDigest(url: url, expected: md5.lowercased(), found: found)
        }
        // On disk before it has its name: a file under the official name is always whole.
        guard fsync(descriptor) == 0, rename(path, destination) == 0 else { throw Self.failure(path, errno) }
    }

    private static func failure(_ path: String, _ code: Int32) -> FetchError {
        code == ENOSPC || code == EDQUOT ? .diskFull(path: path) : .cannotWrite(path: path, code: code)
    }

    /// The errno below a Foundation error, as far as it tells.
    private static func code(of error: any Error) -> Int32 {
        let error = error as NSError
        if error.domain == NSPOSIXErrorDomain { return Int32(error.code) }
        if let cause = error.userInfo[NSUnderlyingErrorKey] as? any Error { return code(of: cause) }
        return error.code == CocoaError.fileWriteNoPermission.rawValue ? EACCES : ENOTDIR
    }
}
