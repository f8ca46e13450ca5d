import Networks
import Specs
import Tensors
import Training

/// A network with a batch of random pixels. A step is forward, backward and the paper's update.
struct TrainingStep {
    static let linearNet = Settings(dataset: .cifar10).layerWidths
    static let batch = 1024

    let network: Network
    private let optimizer: SGD
    private let labels: [UInt8]

    init(_ settings: Settings, threads: Int) {
        self.init(settings, workers: Workers(threads: threads))
    }

    init(_ settings: Settings, workers: Workers) {
        self.init(settings.networkPlan(batch: settings.batchSize), batch: settings.batchSize, workers: workers)
    }

    init(_ plan: NetworkPlan, batch: Int, workers: Workers) {
        network = Network(plan, capacity: batch, workers: workers)
        optimizer = SGD(plan.parameters.filter(\.isTrained))
        let classes = plan.layers[plan.layers.count - 1].output.count
        labels = (0..<batch).map { UInt8($0 % classes) }
        let stream = RandomStream(seed: 1, purpose: "bench/pixels")
        let input = network.input(batch)
        for row in 0..<batch {
            for column in 0..<input.columns {
                input.row(row)[column] = Float(stream.integer(row * input.columns + column, below: 256))
            }
        }
    }

    /// One step with learning rate 0: the weights do not change, so that every step does the same work.
    func run() {
        _ = network.gradient(labels.count, labels: labels)
        optimizer.update(step: 1, learningRate: 0, network.workers)
    }

    func forward() { network.forward(labels.count) }

    func evaluate() { _ = network.evaluate(labels.count, labels: labels) }
}
