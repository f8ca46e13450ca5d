import Datasets
import Foundation
import Lab
import Specs

/// Digests of data sets, stored in the lab by path, size and modification time.
///
/// A data set whose digest is not stored yet is read completely and checked first, so that a damaged one is refused before anything is
/// queued.
package struct DatasetDigests {
    private let lab: Lab?
    private let folder: DatasetFolder

    /// - Parameter lab: where digests are stored; nil: they are computed each time.
    package init(_ lab: Lab?, folder: DatasetFolder = .ofEnvironment) {
        self.lab = lab
        self.folder = folder
    }

    package func of(_ names: [DatasetName]) throws -> [DatasetName: String] {
        var digests: [DatasetName: String] = [:]
        for name in names where digests[name] == nil { digests[name] = try digest(of: name) }
        return digests
    }

    package func digest(of name: DatasetName) throws -> String {
        let kind = DatasetKind(name)
        let cache = PendingDigests(lab)
        let digest = try folder.digest(kind, cache: cache)
        if !cache.isEmpty {
            _ = try folder.load(kind)
            try cache.commit()
        }
        return digest
    }
}

extension DatasetFolder {
    /// The data sets' folder of this process.
    package static var ofEnvironment: DatasetFolder { DatasetFolder(environment: ProcessInfo.processInfo.environment) }
}

extension DatasetKind {
    /// The data set of a spec. A test compares the names of both enumerations.
    package init(_ name: DatasetName) {
        if let own = DatasetKind(ownDataOf: name) {
            self = own
            return
        }
        guard let kind = try? DatasetKind.named(name.name) else { preconditionFailure("no data set \(name.name)") }
        self = kind
    }
}

/// Looks digests up in the lab. New ones are stored only when their data have been checked.
private final class PendingDigests: DigestCache {
    private let lab: Lab?
    private var pending: [(stamp: FileStamp, digest: String)] = []

    init(_ lab: Lab?) { self.lab = lab }

    var isEmpty: Bool { pending.isEmpty }

    func lookup(_ stamp: FileStamp) throws -> String? {
        try lab?.digest(ofFile: stamp.path, size: stamp.size, modifiedNanoseconds: stamp.modified)
    }

    func remember(_ digest: String, for stamp: FileStamp) { pending.append((stamp, digest)) }

    func commit() throws {
        for (stamp, digest) in pending {
            try lab?.remember(digest: digest, ofFile: stamp.path, size: stamp.size, modifiedNanoseconds: stamp.modified)
        }
    }
}
