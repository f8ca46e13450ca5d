import Datasets
import Foundation
import Lab
import Specs
import Synchronization

/// Data sets that this process has read, shared by its workers.
final class DatasetShelf: Sendable {
    private let lab: Lab
    private let datasets = Mutex<[DatasetName: (digest: String, data: Dataset)]>([:])

    init(_ lab: Lab) { self.lab = lab }

    /// The data set, provided that it is still the one that the run was submitted with.
    func dataset(_ name: DatasetName, digest expected: String) throws -> Dataset {
        // One worker reads while the others that need a data set wait.
        try datasets.withLock { shelf in
            if let held = shelf[name], held.digest == expected { return held.data }
            let digest = try DatasetDigests(lab).digest(of: name)
            guard digest == expected else {
                throw Failure(
                    "the files of \(name.name) are not those that the run was submitted with; submit it again",
                    Exit.badData)
            }
            let data = try DatasetFolder.ofEnvironment.load(DatasetKind(name))
            shelf[name] = (digest, data)
            return data
        }
    }
}
