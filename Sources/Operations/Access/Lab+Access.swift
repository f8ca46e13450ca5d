import Foundation
import Lab
import Specs
import Tensors
import Training

extension Lab: LabAccess {
    package func stateCounts(_ selector: RunSelector) throws -> [RunState: Int] { try stateCounts(selector.filter(self)) }

    package func listing(_ selector: RunSelector, limit: Int?) throws -> RunListing {
        var filter = try selector.filter(self)
        filter.limit = limit
        let (runs, unreadable, _) = try listing(filter)
        let abandoned = runs.contains { $0.state == .running } ? try abandonedRuns() : [:]
        return RunListing(runs: runs, unreadable: unreadable.map { Failure($0) }, abandoned: abandoned)
    }

    package func facts(of run: RunSummary) throws -> RunFacts {
        RunFacts(
            curve: try epochs(of: run.id), attempts: try attempts(of: run.id), checkpoints: try checkpoints(of: run.id),
            events: try events(of: run.id), wishes: try wishes(for: run.id), spectra: spectra(of: run))
    }

    /// Those of the newest whole checkpoint of a compressed run; empty for another, or where none can be read.
    package func spectra(of run: RunSummary) -> [LayerSpectrum] {
        compressedCheckpoint(of: run).flatMap { run.settings.spectra($0) } ?? []
    }

    /// The sizes of a run's network after its compression; nil for another run, or before it.
    package func compressedShape(of run: RunSummary) -> CompressedShape? {
        run.settings.compressedShape
            ?? compressedCheckpoint(of: run).flatMap { CompressedShape(run.settings, metadata: $0.metadata) }
    }

    private func compressedCheckpoint(of run: RunSummary) -> Safetensors? {
        guard let compression = run.settings.compress, run.epoch >= compression.after else { return nil }
        return try? WeightsOfRun(self, run).checkpoint
    }

    package func epochs(of run: String) throws -> [EpochRow] { try epochs(of: run, after: 0) }

    package func allEvents() throws -> [EventRow] { try events() }

    package func logLines(of run: String) -> [String] { RunLogs(folder: logs).lines(of: run) }

    package func plan(_ request: ActionRequest) throws -> ActionPlan { try request.plan(self) }

    package func perform(_ request: ActionRequest, _ plan: ActionPlan) throws -> ActionResult { try request.perform(self, plan) }

    package func writeWeights(
        of run: RunSummary, format name: String, expand: Bool, at place: (String) throws -> URL
    ) throws -> WrittenWeights {
        let format = try ExportedWeights.format(name), weights: WeightsOfRun
        var skipped: [String] = []
        do {
            weights = try WeightsOfRun(self, run) { skipped.append($0) }
        } catch {
            // Where none is whole, what is wrong with each is said before.
            let failure = Failure(error)
            throw Failure((skipped + [failure.message]).joined(separator: "\n"), status: failure.status)
        }
        let fileName = weights.fileName(expanded: expand && !format.isModel) + "." + format.name
        let scale = format.isModel ? try DatasetCache(self).pixelScale(of: run) : nil
        let export = try weights.export(expanded: expand || format.isModel, scale: scale)
        let bytes = try format.write(export, to: place(fileName))
        return WrittenWeights(
            name: fileName, tensors: export.tensors.count, epoch: export.metadata["epoch"] ?? "?", bytes: bytes,
            skipped: skipped)
    }
}
