import Allocations
import Specs
import Tensors
import Testing

@testable import Networks

@Suite("A training step")
struct AllocationTests {
    @Test(
        "allocates nothing after the first one, for every linear part and optimizer",
        arguments: PartCase.all.filter { $0.distance == .euclidean && $0.wave == .triangle })
    func nothingAllocated(_ part: PartCase) throws {
        // One optimizer is enough for a variant of a part: it takes the same steps.
        for kind in part.options == PointCloudOptions() ? OptimizerKind.all : [.adam] {
            // OpenBLAS allocates memory in products below a million multiply-adds; these products are larger.
            var shape = LinearPartShape(
                widths: [256, 512, 128, 128], d: 64,
                weightFunction: WeightFunction(distance: part.distance, wave: part.wave, regulariser: part.regulariser),
                batch: 512)
            shape.options = part.options
            let network = Network(NetworkPlan(part.build(shape)), capacity: 512, workers: Workers(threads: 1))
            let optimizer = kind.make(network.parameters.filter(\.isTrained), OptimizerOptions(momentum: 0.9, weightDecay: 0.1))
            let labels = (0..<512).map { UInt8($0 % 10) }
            labels.withUnsafeBufferPointer { labels in
                let step = { (number: Int) in
                    _ = network.gradient(512, labels: labels.baseAddress!)
                    optimizer.update(step: number, learningRate: 1e-3, network.workers)
                }
                step(1)
                let before = allocations_of_thread()
                for number in 2...10 { step(number) }
                let during = allocations_of_thread() - before
                #expect(before > 0, "allocations are counted")
                #expect(during == 0, "\(part), \(kind.name): \(during) in nine steps")
            }
        }
    }
}
