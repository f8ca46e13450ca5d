import Foundation

/// Remembers digests by what the files looked like, so that 180 MB are hashed once and not at every submit.
///
/// What is remembered under an archive is the whole data set's digest, under any other file that file's own.
public protocol DigestCache {
    /// The digest remembered under exactly this path, size and time of change.
    func lookup(_ stamp: FileStamp) throws -> String?
    /// Remembers a digest, lower-case hex.
    func remember(_ digest: String, for stamp: FileStamp) throws
}

/// Remembers for as long as the process lives.
public final class MemoryDigestCache: DigestCache, Sendable {
    private let digests = Guarded<[FileStamp: String]>([:])

    /// Remembers nothing yet.
    public init() {}

    /// The digest remembered under this stamp.
    public func lookup(_ stamp: FileStamp) -> String? { digests.withLock { $0[stamp] } }

    /// Remembers a digest.
    public func remember(_ digest: String, for stamp: FileStamp) { digests.withLock { $0[stamp] = digest } }
}

/// A value behind a lock.
final class Guarded<Value>: @unchecked Sendable {
    private let lock = NSLock()
    private var value: Value

    init(_ value: Value) { self.value = value }

    func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
        lock.lock()
        defer { lock.unlock() }
        return try body(&value)
    }
}
