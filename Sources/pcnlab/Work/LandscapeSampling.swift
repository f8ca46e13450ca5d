import Datasets
import Foundation
import Operations
import Reports
import Specs
import Tensors
import Training

/// Samples the losses of the random networks that a spec's runs describe.
struct LandscapeSampling {
    let samples: Int
    let threads: Int

    /// Networks that differ only in how their weights are made, and are evaluated on the same batch.
    private struct Space: Hashable {
        let architecture: Architecture
        let filters: Int
        let structure: Structure
        let widths: [Int]
        let activation: Activation
        let normalise: Normalisation
        let dataset: DatasetName
        let images: Int
        let inputScale: InputScale
        let batch: Int
        let seed: Int

        init(_ settings: Settings) {
            (architecture, filters, dataset) = (settings.architecture, settings.filters, settings.dataset)
            (structure, widths) = (settings.structure, settings.layerWidths)
            (activation, normalise) = (settings.activation, settings.normalise)
            (images, inputScale) = (settings.trainImages, settings.inputScale)
            (batch, seed) = (settings.batchSize, settings.seed)
        }
    }

    /// Returns one landscape for each space of the runs. Settings that only concern training are ignored.
    func landscapes(_ runs: [Settings], progress: (Double) -> Void) throws -> [Landscape] {
        let ways = runs.map(\.untrained)
        var spaces: [Space] = []
        for way in ways where !spaces.contains(Space(way)) { spaces.append(Space(way)) }
        let plans = spaces.map { space in
            let own = ways.filter { Space($0) == space }
            return plan([own[0].dense] + own)
        }
        let total = Double(plans.joined().count * samples)
        for settings in plans.joined().map(\.settings) { try checkMemory(settings) }
        let workers = Workers(threads: threads)
        var done = 0.0
        var loaded: (name: DatasetName, data: Dataset)?
        return try plans.map { plan in
            let name = plan[0].settings.dataset
            let dataset = try loaded?.name == name ? loaded!.data : DatasetFolder.ofEnvironment.load(DatasetKind(name))
            loaded = (name, dataset)
            let data = try TrainingData(dataset, for: plan[0].settings)
            var batch = 0
            let ensembles = plan.map { settings, weights in
                let landscape = LossLandscape(settings, data, weights: weights, workers: workers)
                batch = landscape.batch
                let losses = (0..<samples).map { index in
                    let sample = landscape.sample(index)
                    done += 1
                    progress(done / total)
                    return LandscapeEnsemble.Sample(seed: sample.seed, loss: sample.loss, accuracy: sample.accuracy)
                }
                return LandscapeEnsemble(settings, isShuffled: weights == .shuffled, samples: losses)
            }
            return Landscape(ensembles, batch: batch)
        }
    }

    /// Each way to make weights once. Those whose weights are not independent are also shuffled.
    private func plan(_ ways: [Settings]) -> [(settings: Settings, weights: LossLandscape.Weights)] {
        var known: Set<Settings> = []
        return ways.filter { known.insert($0).inserted }.flatMap { settings in
            settings.linear.isDense ? [(settings, .drawn)] : [(settings, .drawn), (settings, .shuffled)]
        }
    }
}
