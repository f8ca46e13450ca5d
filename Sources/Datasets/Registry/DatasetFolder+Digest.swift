import Crypto
import Foundation
import Specs

extension DatasetFolder {
    /// The digest of a data set's content, 64 lower-case hexadecimal digits: the SHA-256 of what `sha256sum` prints for the
    /// official uncompressed files that training reads, in the registry's order. So
    /// `sha256sum data_batch_{1..5}.bin test_batch.bin | sha256sum` in CIFAR-10's folder prints it, and folder, archive,
    /// plain and gzipped files have the same digest, and so has CIFAR's Python version of the same records. For generated data it is that of the generator's name and version.
    /// - Throws: ``DatasetError`` if files are missing, unreadable or of another length, and errors of the cache.
    public func digest(_ kind: DatasetKind, cache: some DigestCache) throws -> String {
        if case .own = kind.format { return OwnData.digest(of: try load(kind)) }
        switch locate(kind) {
        case .generated:
            let (generator, version) =
                kind == .shapes ? (Shapes.generator, Shapes.version) : (Communities.generator, Communities.version)
            return SHA256.hash(data: Data("\(generator) \(version)\n".utf8)).hexadecimal
        case .missing(let root, let files):
            throw DatasetError.missing(kind, root: root, files: files)
        case .archive(let url, let encoding):
            return try Self.remembered(url, cache) {
                try digest(of: kind, at: .archive(url, encoding)) { try Self.sha256($0, $1, $2) }
            }
        case .folder(let paths, let encoding):
            return try digest(of: kind, at: .folder(paths, encoding)) { source, expected, name in
                try Self.remembered(URL(fileURLWithPath: name), cache) { try Self.sha256(source, expected, name) }
            }
        }
    }

    private func digest(
        of kind: DatasetKind, at location: DatasetLocation, _ hash: (any ByteSource, Int?, String) throws -> String
    ) throws -> String {
        var digests = [String: String]()
        try OfficialContent(kind: kind, location: location).forEachFile { file, name, source in
            digests[file.name] = try hash(source, kind.length(of: file), name)
        }
        let listing = kind.files.map { "\(digests[$0.name] ?? "")  \($0.name)\n" }.joined()
        return SHA256.hash(data: Data(listing.utf8)).hexadecimal
    }

    /// The cached digest, else the computed one, which is cached unless the file changed meanwhile.
    private static func remembered(_ url: URL, _ cache: some DigestCache, _ compute: () throws -> String) throws -> String {
        let stamp = try FileStamp(of: url)
        if let digest = try cache.lookup(stamp) { return digest }
        let digest = try compute()
        if try FileStamp(of: url) == stamp { try cache.remember(digest, for: stamp) }
        return digest
    }

    /// Hashes the rest of the source, which must be `expected` bytes where that is known.
    private static func sha256(_ source: any ByteSource, _ expected: Int?, _ name: String) throws -> String {
        var hash = SHA256()
        let found = try source.forEachChunk { hash.update(bufferPointer: $0) }
        guard let expected, found != expected else { return hash.finalize().hexadecimal }
        throw DatasetError.wrongLength(file: name, expected: expected, found: found)
    }
}
