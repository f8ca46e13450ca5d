import Datasets
import Foundation
import Lab
import Specs
import Synchronization

/// Data sets that this process has read, shared by its workers.
final class DatasetCache: Sendable {
    private let lab: Lab
    private let datasets = Mutex<[DatasetName: (digest: String, data: Dataset)]>([:])

    init(_ lab: Lab) { self.lab = lab }

    /// Returns the data set. Throws if it is not the one that the run was submitted with.
    func dataset(_ name: DatasetName, digest expected: String) throws -> Dataset {
        // Other workers that need a data set wait while one reads.
        try datasets.withLock { cache in
            if let held = cache[name], held.digest == expected { return held.data }
            let digest = try DatasetDigests(lab).digest(of: name)
            guard digest == expected else {
                throw Failure(
                    "the files of \(name.name) are not those that the run was submitted with; submit it again",
                    Exit.badData)
            }
            let data = try DatasetFolder.ofEnvironment.load(DatasetKind(name))
            cache[name] = (digest, data)
            return data
        }
    }
}
