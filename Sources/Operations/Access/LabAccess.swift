import Foundation
import Lab
import Specs
import Training

/// A lab as the commands use it: a folder of this machine, or the lab of a service on another one. Both answer alike, to the byte.
package protocol LabAccess: Sendable {
    /// The number of selected runs in each state. Throws for a run or an experiment that is not there, as all selections do.
    func stateCounts(_ selector: RunSelector) throws -> [RunState: Int]
    /// The selected runs in order of submission or, if there is a limit, the first of them in order of interest.
    func listing(_ selector: RunSelector, limit: Int?) throws -> RunListing
    /// The states of runs, by id. A run that is not there is left out.
    func states(of ids: [String]) throws -> [String: RunState]
    /// What is known of a run besides its summary.
    func facts(of run: RunSummary) throws -> RunFacts
    /// A run's curve, epoch by epoch.
    func epochs(of run: String) throws -> [EpochRow]
    /// A run's history, oldest first.
    func events(of run: String) throws -> [EventRow]
    /// The history of the whole lab, oldest first.
    func allEvents() throws -> [EventRow]
    /// The lines of a run's log, oldest first.
    func logLines(of run: String) throws -> [String]
    func diskUse() throws -> DiskUse
    /// The search of an experiment; nil if it is none.
    func search(_ experiment: String) throws -> SearchSummary?
    /// What an action would do. Changes nothing, except that runs of dead workers return to the queue.
    func plan(_ request: ActionRequest) throws -> ActionPlan
    /// Carries an action out on the runs of its plan.
    func perform(_ request: ActionRequest, _ plan: ActionPlan) throws -> ActionResult
    func change(_ changes: RunChanges, runs: [String]) throws
    /// Writes the newest weights of a run.
    /// - Parameter place: given a name for the file, returns where it is written, and makes the folder.
    func writeWeights(of run: RunSummary, format: String, expand: Bool, at place: (String) throws -> URL) throws -> WrittenWeights
}

/// Runs of a listing.
package struct RunListing: Sendable {
    package var runs: [RunSummary]
    /// An error for each run that cannot be read.
    package var unreadable: [Failure]
    /// By id, why no worker trains a run although it is `running`.
    package var abandoned: [String: String]
}

/// What is known of a run besides its summary.
package struct RunFacts: Sendable {
    package let curve: [EpochRow]
    package let attempts: [AttemptRow]
    package let checkpoints: [CheckpointRecord]
    package let events: [EventRow]
    package let wishes: [(experiment: String, epochs: Int)]
    /// Of a run that is compressed already, what each layer read; empty for others.
    package let spectra: [LayerSpectrum]
}

/// What an action would do.
package struct ActionPlan: Sendable {
    /// The runs that it would change.
    package let runs: [RunSummary]
    /// The number of selected runs that refuse it in their state.
    package let refusing: Int
    /// An error for each selected run that cannot be read, and stays as it is.
    package var unreadable: [Failure] = []
}

/// A file of weights that was written.
package struct WrittenWeights: Sendable {
    /// The name that was offered for it.
    package let name: String
    package let tensors: Int
    /// The epoch after which they were saved.
    package let epoch: String
    package let bytes: Int
    /// A sentence for each damaged checkpoint that was skipped.
    package let skipped: [String]
}

extension LabAccess {
    /// The selected runs in order of submission. Throws if one of them cannot be read.
    package func runs(selectedBy selector: RunSelector) throws -> [RunSummary] {
        let found = try listing(selector, limit: nil)
        if let error = found.unreadable.first { throw error }
        return found.runs
    }
}

extension RunFacts {
    /// The sizes of a compressed run's network, where the variances decided them; nil before.
    package func compressedShape(_ settings: Settings) -> CompressedShape? {
        let dimensions = spectra.compactMap(\.kept)
        guard let compression = settings.compress, dimensions.count == settings.compressibleInputs.count, !dimensions.isEmpty
        else {
            return nil
        }
        return settings.compressedShape(compression, dimensions: dimensions)
    }
}
