import Foundation

/// A cache of digests by file stamp, so that 180 MB are not hashed at every submit.
///
/// The entry of an archive is the digest of the whole data set; that of any other file is the file's own,
/// or that of its equivalent in the binary version.
public protocol DigestCache {
    /// The digest stored for exactly this path, size and time of change.
    func lookup(_ stamp: FileStamp) throws -> String?
    /// Stores a digest in lower-case hexadecimal.
    func remember(_ digest: String, for stamp: FileStamp) throws
}

/// A cache in memory.
public final class MemoryDigestCache: DigestCache, Sendable {
    private let digests = Guarded<[FileStamp: String]>([:])

    /// An empty cache.
    public init() {}

    /// The digest stored for this stamp.
    public func lookup(_ stamp: FileStamp) -> String? { digests.withLock { $0[stamp] } }

    /// Stores a digest.
    public func remember(_ digest: String, for stamp: FileStamp) { digests.withLock { $0[stamp] = digest } }
}

/// A value protected by a lock.
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
