import Networks
import Specs
import Tensors

/// The mean of the weights after each of a run's last epochs, as a running mean: w̄ ← w̄ + (w − w̄)/n at the n-th of them.
///
/// A mask that changes between epochs enters by its union: the mean of the weights is not 0 where any of them was not masked.
///
/// It is kept beside the weights in a checkpoint and takes their place in the run's end. A checkpoint of the last epoch says so in its
/// metadata.
struct WeightAverage {
    /// In a checkpoint's metadata: which weights are the run's own.
    static let key = "weights"
    static let value = "average"

    /// Epochs completed when the first weights enter.
    let firstEpoch: Int
    private let parameters: [Parameter]
    private let means: [Tensor]

    /// Nil for a run without an average.
    init?(_ settings: Settings, _ parameters: [Parameter]) {
        guard let firstEpoch = settings.firstAveragedEpoch else { return nil }
        (self.firstEpoch, self.parameters) = (firstEpoch, parameters)
        means = parameters.map { Tensor($0.value.shape) }
    }

    static func name(_ parameter: String) -> String { "average.\(parameter)" }

    /// The means by their names in a checkpoint, once weights have entered.
    func tensors(after epoch: Int) -> [(name: String, tensor: Tensor)] {
        epoch < firstEpoch ? [] : zip(parameters, means).map { (Self.name($0.name), $1) }
    }

    /// Called once after each epoch, with the number of completed ones.
    func add(after epoch: Int, _ workers: Workers) {
        guard epoch >= firstEpoch else { return }
        workers.forEach(means.count) { index, _ in
            let value = parameters[index].value, mean = means[index]
            guard parameters[index].isMask else { return mean.average(value, number: epoch - firstEpoch + 1) }
            for place in 0..<mean.count where value.base[place] > 0 { mean.base[place] = 1 }
        }
    }

    /// Exchanges the weights and their means.
    func exchange() {
        for (parameter, mean) in zip(parameters, means) {
            for index in 0..<mean.count { swap(&parameter.value.base[index], &mean.base[index]) }
        }
    }
}

extension Safetensors {
    /// Loads the weights that a run is evaluated and exported with: at its end their average, where it has one.
    func load(weightsOf parameters: [Parameter]) throws {
        let isAverage = metadata[WeightAverage.key] == WeightAverage.value
        for parameter in parameters {
            try load(isAverage ? WeightAverage.name(parameter.name) : parameter.name, into: parameter.value)
        }
    }
}
