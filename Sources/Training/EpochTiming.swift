import Datasets
import Foundation
import Specs

/// How long a run's epochs take on this machine, measured by a few steps of the run's own network on random images.
///
/// The number of multiply-adds says how long a large network takes. In a small one, other things take as long: the activations'
/// element loops, the optimizer, the gathering of images, and the threads' start for each of them.
public struct EpochTiming: Sendable {
    /// Of an update: gathering the images, forward, backward, optimizer.
    public let step: Double
    /// Of the evaluation of one image, and of what an epoch has once.
    public let evaluationOfImage: Double

    /// Seconds of an epoch, its evaluation included.
    public func epoch(_ settings: Settings) -> Double {
        // The last batch may be short.
        let batches = Double(settings.trainRows) / Double(settings.stepRows)
        return step * batches + evaluationOfImage * Double(settings.evaluatedRows)
    }

    /// Seconds of a run's end: the evaluation of the final weights over all images.
    public func end(_ settings: Settings) -> Double {
        evaluationOfImage * Double(settings.trainRows + settings.evaluatedRows)
    }

    /// The settings that are measured for a run's. Runs of which they are equal take the same time.
    public static func measured(_ settings: Settings) -> Settings {
        guard settings.graphNodes == nil else { return settings.shortened(train: nil, test: nil) }
        let batch = min(settings.batchSize, settings.trainImages)
        // Whole batches of evaluation where images are small.
        let test = min(settings.testImages, settings.architecture.features.isEmpty ? settings.evaluationRows : 16)
        return settings.shortened(train: settings.trainImages < 2 * batch ? batch : 2 * batch, test: test)
    }

    /// Measures for a quarter of a second, but at least one step and its evaluation, after one that is not counted.
    public init(measuring settings: Settings, threads: Int) throws {
        let short = Self.measured(settings), name = settings.dataset
        let kind = try DatasetKind(ownDataOf: name) ?? DatasetKind.named(name.name)
        let dataset =
            short.graphNodes.map { nodes in
                // Each node with three neighbours on either side.
                let edges = (0..<nodes).flatMap { node in (1...3).map { (node, (node + $0) % nodes) } }
                return Dataset(kind: kind, graph: NodeGraph(nodes: .random(nodes, name), edges: edges, of: name))
            } ?? Dataset(kind: kind, train: .random(short.trainImages, name), test: .random(short.testImages, name))
        let data = try TrainingData(dataset, for: short)
        let stopwatch = Stopwatch()
        _ = try Trainer(short, data, threads: threads).train(stopwatch)
        step = stopwatch.steps.median ?? 0
        evaluationOfImage = (stopwatch.evaluations.median ?? 0) / Double(short.evaluatedRows)
    }
}

/// Times the steps and the evaluations of a training, and stops it.
private final class Stopwatch: TrainingHost {
    private let started = Trainer.monotonic()
    private var last = Trainer.monotonic()
    private var isWarm = false
    private(set) var steps: [Double] = []
    private(set) var evaluations: [Double] = []

    var shouldStop: Bool { !evaluations.isEmpty && Trainer.monotonic() - started > 0.25 }

    func progressed(epoch: Int, fraction: Double, loss: Double, accuracy: Double) {
        let now = Trainer.monotonic()
        if isWarm { steps.append(now - last) }
        last = now
    }

    func completed(_ epoch: EpochFigures) {
        let now = Trainer.monotonic()
        if isWarm { evaluations.append(now - last) }
        isWarm = true
        last = now
    }

    func checkpoint(epoch: Int, batch: Int, kept: Bool, _ contents: CheckpointContents) {}
}

extension [Double] {
    fileprivate var median: Double? { isEmpty ? nil : sorted()[count / 2] }
}

extension ImageSet {
    /// Images of arbitrary pixels.
    fileprivate static func random(_ count: Int, _ dataset: DatasetName) -> ImageSet {
        var state: UInt64 = 1
        let pixels = (0..<count * dataset.imageSize).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 56)
        }
        let labels = (0..<count).map { UInt8($0 % dataset.classes) }
        return ImageSet(channels: dataset.channels, height: dataset.side, width: dataset.side, pixels: pixels, labels: labels)
    }
}

extension Settings {
    /// The same run on fewer images, for as many epochs as are measured, with steps that change the weights by almost nothing.
    fileprivate func shortened(train: Int?, test: Int?) -> Settings {
        var settings = withoutValidation().withSamples(train: train, test: test)
        (settings.inputScale, settings.epochs, settings.learningRate, settings.seed) = (.unit, 1000, 1e-30, 1)
        (settings.schedule, settings.weightAverage, settings.checkpointEvery) = (Default.schedule, 0, nil)
        return settings
    }
}
