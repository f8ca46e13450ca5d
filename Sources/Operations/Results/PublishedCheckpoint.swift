import Foundation
import Lab
import Specs
import Training

/// The checkpoint of a published run.
package struct PublishedCheckpoint: Codable {
    /// Epochs completed, and batches of the next one done.
    let epoch: Int
    let batch: Int
    /// Relative to the folder.
    let file: String
    let sha256: String
}

extension ResultsFolder {
    private static let folder = "checkpoints"

    /// Copies the newest checkpoint of each of the runs into the folder.
    /// - Parameter runs: each is read anew with its checkpoint, and left out if it was removed.
    /// - Returns: the checkpoints by the runs' ids. A run that has none is left out.
    package func copyCheckpoints(_ lab: Lab, _ runs: inout [RunSummary]) throws -> [String: PublishedCheckpoint] {
        do {
            try FileManager.default.makeFolder(at: url)
        } catch {
            throw Failure("cannot write \(url.relativePath.printable): \(error.reason)", status: .cannotWrite)
        }
        var copied: [String: PublishedCheckpoint] = [:], current: [RunSummary] = []
        for id in runs.map(\.id) {
            // A worker may be training it: where copying the others took long, all checkpoints are later than what was read of it.
            for _ in 0..<3 {
                guard let run = try lab.runs(RunFilter(ids: [id])).first else { break }
                if current.last?.id == id { current.removeLast() }
                current.append(run)
                copied[id] = try copyCheckpoint(lab, run)
                if copied[id] != nil { break }
            }
        }
        runs = current
        return copied
    }

    private func copyCheckpoint(_ lab: Lab, _ run: RunSummary) throws -> PublishedCheckpoint? {
        // The epochs are those that `run` has, and a checkpoint may be removed for newer ones.
        for record in try lab.checkpoints(of: run) where record.epoch <= run.epoch {
            let file = "\(Self.folder)/\(run.id)-e\(record.epoch)-b\(record.batch).safetensors"
            let target = url.appending(path: file)
            let published = PublishedCheckpoint(
                epoch: record.epoch, batch: record.batch, file: file, sha256: record.sha256)
            if (try? CheckpointFile.read(target, sha256: record.sha256)) != nil { return published }
            try? FileManager.default.removeItem(at: target)
            do {
                _ = try CheckpointFile.copy(lab.url(ofCheckpoint: record.file), sha256: record.sha256, to: target)
                return published
            } catch  where CheckpointFile.isDamaged(error) {
                continue
            }
        }
        return nil
    }

    /// Removes older checkpoints of these runs from the folder.
    package func removeCheckpoints(of runs: [RunSummary], except kept: [String: PublishedCheckpoint]) {
        let names = Set(kept.values.map(\.file)), ids = Set(runs.map(\.id))
        for name in (try? FileManager.default.contentsOfDirectory(atPath: url.appending(path: Self.folder).path)) ?? [] {
            let file = "\(Self.folder)/\(name)"
            guard name.hasSuffix(".safetensors"), ids.contains(String(name.prefix { $0 != "-" })), !names.contains(file) else {
                continue
            }
            try? FileManager.default.removeItem(at: url.appending(path: file))
        }
    }

    /// Checks a run's checkpoint before anything is imported.
    /// - Parameter fail: makes the failure that names the run.
    func check(_ checkpoint: PublishedCheckpoint, of run: PublishedRun, _ fail: (String) -> Failure) throws {
        guard isWithin(checkpoint.file) else {
            throw fail("checkpoint.file is \(checkpoint.file.printable); expected a path within the folder")
        }
        guard 0...run.epoch ~= checkpoint.epoch else {
            throw fail("its checkpoint is of epoch \(checkpoint.epoch.grouped), and its curve has \(run.epoch.grouped)")
        }
        let metadata = try CheckpointFile.read(url.appending(path: checkpoint.file), sha256: checkpoint.sha256).metadata
        guard metadata["epoch"] == "\(checkpoint.epoch)", metadata["batch"] == "\(checkpoint.batch)" else {
            let place = "epoch \(checkpoint.epoch.grouped) and batch \(checkpoint.batch.grouped)"
            throw fail("\(checkpoint.file.printable) is not of \(place)")
        }
        let settings = metadata["settings"].flatMap { try? Settings(canonicalJSON: $0) }
        guard settings.map({ RunToSubmit($0, datasetDigest: run.datasetDigest).id }) == run.id else {
            throw fail("\(checkpoint.file.printable) is of a run with other settings")
        }
    }

    /// Takes the runs into a lab, all of them or, on an error, none.
    /// - Returns: whether each was taken in.
    package func take(_ published: [(run: ImportedRun, checkpoint: PublishedCheckpoint?)], into lab: Lab) throws
        -> [(id: String, isNew: Bool)]
    {
        var runs: [ImportedRun] = [], copies: [String: URL] = [:]
        func removeCopies(where isUnused: (String) -> Bool) {
            for (id, copy) in copies where isUnused(id) { try? FileManager.default.removeItem(at: copy) }
        }
        do {
            for (run, checkpoint) in published {
                var run = run
                let id = run.run.id
                if let checkpoint, try lab.runs(RunFilter(ids: [id])).isEmpty {
                    let folder = "checkpoints/\(id)", name = "e\(checkpoint.epoch)-b\(checkpoint.batch)-a0.safetensors"
                    let file = try CheckpointFile.copy(
                        url.appending(path: checkpoint.file), sha256: checkpoint.sha256,
                        to: lab.url(ofCheckpoint: "\(folder)/\(name)"))
                    let record = CheckpointRecord(
                        epoch: checkpoint.epoch, batch: checkpoint.batch, file: "\(folder)/\(file.name)", bytes: file.bytes,
                        sha256: file.sha256, kept: false)
                    (run.checkpoint, copies[id]) = (record, try lab.url(ofCheckpoint: record.file))
                }
                runs.append(run)
            }
            let outcomes = try lab.importRuns(runs, from: url.relativePath)
            let taken = Set(outcomes.filter(\.isNew).map(\.id))
            removeCopies { !taken.contains($0) }
            return outcomes
        } catch {
            removeCopies { _ in true }
            throw error
        }
    }
}
