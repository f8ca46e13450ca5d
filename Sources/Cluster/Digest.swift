import Crypto
import Foundation
import Specs

/// SHA-256, as checkpoints have it.
enum Digest {
    /// The size and the digest of a file; nil if it cannot be read.
    static func of(_ file: URL) -> (bytes: Int, sha256: String)? {
        guard let handle = FileHandle(forReadingAtPath: file.path) else { return nil }
        defer { try? handle.close() }
        var digest = SHA256(), bytes = 0
        do {
            while let part = try handle.read(upToCount: 1 << 20), !part.isEmpty {
                digest.update(data: part)
                bytes += part.count
            }
        } catch { return nil }
        return (bytes, digest.finalize().hexadecimal)
    }
}
