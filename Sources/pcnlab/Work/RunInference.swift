import Datasets
import Foundation
import Lab
import Operations
import Specs
import Training

/// A run's newest weights, ready to classify images.
struct RunInference {
    let weights: WeightsOfRun
    /// One name for each class.
    let classNames: [String]
    private let inference: Inference
    private let datasets: DatasetCache

    private var settings: Settings { weights.run.settings }

    init(_ lab: Lab, run name: String, threads: Int) throws {
        let run = try lab.runs(RunFilter(ids: [try lab.run(named: name)]))[0]
        try checkMemory(run.settings)
        weights = try WeightsOfRun(lab, run) { Terminal.error.line($0.printable) }
        datasets = DatasetCache(lab)
        let settings = run.settings
        let graph = settings.graphNodes == nil ? nil : try datasets.dataset(settings.dataset, digest: run.datasetDigest).graph
        inference = try Inference(settings, weights.checkpoint, adjacency: graph?.adjacency, threads: threads)
        // The names of own data's classes are in its folder, which may be gone.
        let own = run.settings.dataset.folder.flatMap { try? OwnData(path: $0).describe() }
        classNames = own?.classes == run.settings.dataset.classes ? own!.classNames : run.settings.dataset.classNames
    }

    /// LinearNet-PCN16 on cifar10, seed 1, after epoch 6
    var title: String {
        let run = weights.run, epoch = weights.checkpoint.metadata["epoch"] ?? "?"
        return "\(run.model) on \(run.settings.dataset.displayName), seed \(run.settings.seed), after epoch \(epoch)"
    }

    /// The probabilities of the classes, (N, classes).
    func probabilities(of pictures: [Picture]) throws -> [[Double]] {
        let dataset = settings.dataset
        let pixels = pictures.flatMap { $0.fitted(channels: dataset.channels, side: dataset.side) }
        let images = ImageSet(
            channels: dataset.channels, height: dataset.side, width: dataset.side, pixels: pixels,
            labels: [UInt8](repeating: 0, count: pictures.count))
        let scale =
            settings.inputScale.needsMoments
            ? try TrainingData(data, for: settings).scale : PixelScale(settings.inputScale, fittedTo: images)
        let prepared = TrainingData(images: images, scale: scale, for: settings)
        return inference.probabilities(of: prepared.test, prepared)
    }

    /// The true and the predicted class of each test image of the run, or of each test node of a graph.
    func testClasses() throws -> [(actual: Int, predicted: Int)] {
        let prepared = try TrainingData(data, for: settings)
        return zip(prepared.test.labels, inference.probabilities(of: prepared.test, prepared)).compactMap {
            label, probabilities in
            prepared.adjacency != nil && label == DatasetName.unlabelled ? nil : (Int(label), probabilities.ranked[0])
        }
    }

    private var data: Dataset {
        get throws { try datasets.dataset(settings.dataset, digest: weights.run.datasetDigest) }
    }
}

extension [Double] {
    /// The indices, those of the largest values first; of equal ones the lower index.
    var ranked: [Int] { indices.sorted { (self[$0], $1) > (self[$1], $0) } }
}
