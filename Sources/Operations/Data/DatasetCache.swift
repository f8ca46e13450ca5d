import Datasets
import Foundation
import Lab
import Specs
import Synchronization
import Training

/// Data sets that this process has read, shared by its workers.
package final class DatasetCache: Sendable {
    private let lab: Lab?
    /// By the data sets' names.
    private let datasets = Mutex<[String: (digest: String, data: Dataset)]>([:])

    /// - Parameter lab: where digests of files are stored; nil on a node, which has no lab.
    package init(_ lab: Lab?) { self.lab = lab }

    /// Returns the data set. Throws if it is not the one that the run was submitted with.
    package func dataset(_ name: DatasetName, digest: String) throws -> Dataset { try dataset(named: name.name, digest: digest) }

    /// The same by the name that a setting has. Throws `DataUnavailable` if there is no such data set.
    private func dataset(named name: String, digest expected: String) throws -> Dataset {
        // Other workers that need a data set wait while one reads.
        try datasets.withLock { cache in
            if let held = cache[name], held.digest == expected { return held.data }
            let (place, digest, data) = try DatasetName.folder(ofName: name).map(own) ?? registered(name, expected)
            guard digest == expected, let data = try data() else {
                throw OtherContent(dataset: name, folder: place, found: digest, expected: expected)
            }
            cache[name] = (digest, data)
            return data
        }
    }

    /// The place, the digest and the content of a data set.
    private typealias Found = (place: String, digest: String, data: () throws -> Dataset?)

    private func own(_ folder: String) throws -> Found {
        let data = try OwnData(path: folder).read()
        return (folder, OwnData.digest(of: data), { data })
    }

    private func registered(_ name: String, _ expected: String) throws -> Found {
        // A name that this program does not know is in no run that it can read.
        guard let name = DatasetName.named(name) else { throw DataUnavailable("there is no data set \(name)") }
        let folder = DatasetFolder.ofEnvironment
        return (
            folder.root.path, try DatasetDigests(lab, folder: folder).digest(of: name), { try folder.load(DatasetKind(name)) }
        )
    }

    /// How a run's pixels become inputs. The data set is read only if the run's setting depends on its images.
    package func pixelScale(of run: RunSummary) throws -> PixelScale {
        let settings = run.settings
        if let scale = PixelScale(settings.inputScale, channels: settings.dataset.channels) { return scale }
        return try TrainingData(dataset(settings.dataset, digest: run.datasetDigest), for: settings).scale
    }

    /// The same for a worker. Throws `DataUnavailable` if the data is missing, damaged or not that of the run.
    package func available(_ data: RunData) throws -> Dataset {
        do {
            return try dataset(named: data.dataset, digest: data.digest)
        } catch let error as DatasetError {
            throw DataUnavailable("\(error)")
        } catch let error as OtherContent {
            throw DataUnavailable("\(error)")
        }
    }

    /// Why runs that need this data have to wait; nil if it was read.
    package func reasonToWait(_ data: RunData) throws -> String? {
        do {
            _ = try available(data)
            return nil
        } catch let error as DataUnavailable { return error.reason }
    }
}

/// The content of a data set is not that of a run.
private struct OtherContent: Error, CustomStringConvertible {
    let dataset: String
    let folder: String
    let found: String
    let expected: String

    var description: String {
        "\(folder): the files of \(dataset) are not those that the run was submitted with (digest \(found.prefix(8)), not "
            + "\(expected.prefix(8))); put those back, or submit the spec again for these"
    }
}
