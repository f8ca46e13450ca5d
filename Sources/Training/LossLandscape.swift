import Datasets
import Foundation
import Networks
import Specs
import Tensors

/// The loss over random weights (§6.5, Figure 4): untrained networks, each evaluated on the same batch.
///
/// The paper gives no protocol for its figure. Here weights are initialised as for training (§4.4), from seeds that are a function of
/// the settings' seed and the sample's number. The batch is the first batch of a training with the settings' seed.
public final class LossLandscape {
    /// How the weights of a sample are made.
    public enum Weights: String, Sendable, CaseIterable {
        /// The linear part's own, freshly initialised: W, F(D) or UVᵀ.
        case drawn
        /// Each layer's weights, shuffled: the same numbers without their structure.
        case shuffled
    }

    /// One network and its result.
    public struct Sample: Sendable, Equatable {
        /// The seed of its weights.
        public let seed: Int
        /// Mean over the batch. Not finite if logits overflow.
        public let loss: Double
        public let accuracy: Double

        fileprivate init(_ seed: Int, _ score: Score) {
            (self.seed, loss, accuracy) = (seed, score.meanLoss, score.accuracy)
        }
    }

    /// Images of the batch.
    public let batch: Int
    private let settings: Settings
    private let weights: Weights
    private let network: Network
    private let labels: [UInt8]
    private let adjacency: SparseMatrix?

    public init(_ settings: Settings, _ data: TrainingData, weights: Weights, workers: Workers) {
        (self.settings, self.weights) = (settings, weights)
        let chosen = data.order(epoch: 1).prefix(settings.stepRows)
        (batch, adjacency) = (chosen.count, data.adjacency)
        let own = settings.linearStack(batch: 1)
        let stored = LinearPart.mlp.build(LinearPartShape(widths: own.widths, batch: batch))
        let dense = LinearStack(layers: stored.layers, parameters: stored.parameters, layersOfMap: own.layersOfMap)
        let plan = settings.networkPlan(batch: batch, linear: weights == .shuffled ? dense : nil, adjacency: data.adjacency)
        network = Network(plan, capacity: batch, workers: workers)
        data.gather(data.train, chosen, into: network.input(batch), workers)
        labels = chosen.map { data.train.labels[Int($0)] }
    }

    /// Sample `index`. It does not depend on other samples or on the number of threads.
    public func sample(_ index: Int) -> Sample {
        var settings = settings
        let seeds = RandomStream(seed: UInt64(settings.seed), purpose: "landscape")
        settings.seed = Int(seeds.bits(index) >> 1)
        let plan = settings.networkPlan(batch: batch, adjacency: adjacency), drawn = plan.parameters
        let linear = settings.linearStack(batch: 1)
        if weights == .drawn,
            settings.regulariser != Settings.Default.regulariser || !linear.constants.isEmpty || !plan.constants.isEmpty
        {
            // The amplitudes are those of the sample's own clouds, and fixed weights its own.
            let own = Network(plan, capacity: batch, workers: network.workers)
            for row in 0..<batch { own.input(batch).row(row).update(from: network.input(batch).row(row), count: own.features) }
            return Sample(settings.seed, own.evaluate(batch, labels: labels))
        }
        let features = drawn.count - linear.parameters.count - plan.activations.count
        for (ours, theirs) in zip(network.parameters, weights == .drawn ? drawn[...] : drawn[..<features]) {
            ours.value.copy(theirs.value)
        }
        if weights == .shuffled {
            for (index, layer) in linear.layers.enumerated() {
                let place = features + 2 * index
                let (weight, bias) = (network.parameters[place].value, network.parameters[place + 1].value)
                layer.expand(0..<layer.outputs, into: weight.matrix)
                weight.shuffle(RandomStream(seed: UInt64(settings.seed), purpose: "landscape/\(index)"))
                bias.copy(layer.bias.value)
            }
        }
        return Sample(settings.seed, network.evaluate(batch, labels: labels))
    }
}

extension Tensor {
    /// Copies the elements of a tensor of the same shape.
    fileprivate func copy(_ other: Tensor) {
        precondition(shape == other.shape)
        base.update(from: other.base, count: count)
    }

    /// Shuffles the elements uniformly (Fisher–Yates), as a pure function of the stream.
    fileprivate func shuffle(_ stream: RandomStream) {
        for last in stride(from: count - 1, to: 0, by: -1) {
            elements.swapAt(last, stream.integer(last, below: last + 1))
        }
    }
}
