import Datasets
import Foundation
import Reports
import Specs
import Tensors
import Training

/// Which random networks a spec's runs ask for, and their losses.
struct LandscapeSampling {
    let samples: Int
    let threads: Int

    /// Networks of one architecture over one batch, and every way to make their weights: W, then what the runs name.
    private struct Space: Hashable {
        let architecture: Architecture
        let widths: [Int]
        let dataset: DatasetName
        let images: Int
        let inputScale: InputScale
        let batch: Int
        let seed: Int

        init(_ settings: Settings) {
            (architecture, widths, dataset) = (settings.architecture, settings.layerWidths, settings.dataset)
            (images, inputScale) = (settings.trainImages, settings.inputScale)
            (batch, seed) = (settings.batchSize, settings.seed)
        }
    }

    /// One landscape for each space that the runs are in. What only concerns training makes no difference here.
    func landscapes(_ runs: [Settings], progress: (Double) -> Void) throws -> [Landscape] {
        let ways = runs.map(\.withoutTraining)
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

    /// Each way once; those whose weights are not independent also shuffled.
    private func plan(_ ways: [Settings]) -> [(settings: Settings, weights: LossLandscape.Weights)] {
        var known: Set<Settings> = []
        return ways.filter { known.insert($0).inserted }.flatMap { settings in
            settings.linear.isDense ? [(settings, .drawn)] : [(settings, .drawn), (settings, .shuffled)]
        }
    }
}

extension Settings {
    /// The same networks and batch, and nothing of how they would be trained.
    fileprivate var withoutTraining: Settings {
        Settings(
            architecture: architecture, linear: linear, convolution: convolution ?? Default.convolution, d: d ?? Default.d,
            lambda: lambda ?? Default.lambda, epsilon: epsilon ?? Default.epsilon, distance: distance ?? Default.distance,
            wave: wave ?? Default.wave, widths: widths, dataset: dataset,
            trainSamples: trainSamples, inputScale: inputScale, batchSize: min(batchSize, trainImages), seed: seed)
    }

    /// The same with W stored.
    fileprivate var dense: Settings {
        Settings(
            architecture: architecture, linear: .mlp, widths: widths, dataset: dataset, trainSamples: trainSamples,
            inputScale: inputScale, batchSize: batchSize, seed: seed)
    }
}
