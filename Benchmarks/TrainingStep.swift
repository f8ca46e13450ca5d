import Networks
import Tensors

/// A network with a batch of random pixels, ready to step: forward, backward, the paper's update.
struct TrainingStep {
    static let linearNet = [768, 1024, 1024, 2048, 10]
    static let batch = 1024

    let network: Network
    let plan: NetworkPlan
    private let optimizer: SGD
    private let labels: [UInt8]

    init(_ part: LinearPart, widths: [Int] = linearNet, d: Int = 16, batch: Int = batch, threads: Int) {
        plan = NetworkPlan(part.build(LinearPartShape(widths: widths, d: d, batch: batch)))
        network = Network(plan, capacity: batch, workers: Workers(threads: threads))
        optimizer = SGD(plan.parameters)
        let classes = widths[widths.count - 1]
        labels = (0..<batch).map { UInt8($0 % classes) }
        let stream = RandomStream(seed: 1, purpose: "bench/pixels")
        let input = network.input(batch)
        for row in 0..<batch {
            for column in 0..<input.columns {
                input.row(row)[column] = Float(stream.integer(row * input.columns + column, below: 256))
            }
        }
    }

    /// One step at a rate of zero: the weights stay what they are, so that every step does the same work.
    func run() {
        _ = network.gradient(labels.count, labels: labels)
        optimizer.update(step: 1, learningRate: 0, network.workers)
    }

    func forward() { network.forward(labels.count) }

    func evaluate() { _ = network.evaluate(labels.count, labels: labels) }
}
