import Datasets
import Foundation
import Networks
import Specs
import Tensors

/// Class probabilities that a trained network predicts for images.
public final class Inference {
    private let settings: Settings
    private let network: Network

    /// A run's network with the weights of a checkpoint.
    /// - Parameter adjacency: of the graph, for a network that reads one.
    /// - Throws: `Safetensors.Failure` for a checkpoint that is not of these settings.
    public init(_ settings: Settings, _ checkpoint: Safetensors, adjacency: SparseMatrix? = nil, threads: Int) throws {
        self.settings = settings
        let rows = settings.evaluationRows
        let compressed = CompressedShape(settings, metadata: checkpoint.metadata)
        let plan = settings.networkPlan(batch: rows, compressed: compressed, adjacency: adjacency)
        network = Network(plan, capacity: rows, workers: Workers(threads: threads))
        try checkpoint.load(weightsOf: network.parameters)
    }

    /// The probabilities of the classes for each image, (N, classes): the softmax of the logits.
    /// - Parameter data: what prepared the images.
    public func probabilities(of images: ImageSet, _ data: TrainingData) -> [[Double]] {
        let order = [Int32](0..<Int32(images.count))
        let slices = Tiling(images.count, by: settings.evaluationRows)
        return (0..<slices.count).flatMap { index -> [[Double]] in
            let rows = slices[index]
            data.gather(images, order[rows], into: network.input(rows.count), network.workers)
            let logits = network.forward(rows.count)
            return (0..<rows.count).map { row in
                let values = UnsafeBufferPointer(start: logits.row(row), count: logits.columns)
                let top = Double(values.max() ?? 0)
                let powers = values.map { exp(Double($0) - top) }, sum = powers.reduce(0, +)
                return powers.map { $0 / sum }
            }
        }
    }
}
