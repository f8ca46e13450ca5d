import Dispatch
import Foundation
import Networks
import Specs
import Tensors

/// Times training steps beside the machine's own sgemm, in turn, so that both see the same machine.
public struct StepBenchmark: Sendable {
    /// One model's figures: medians over the rounds.
    public struct Figures: Sendable, Codable {
        public let model: String
        public let batch: Int
        public let threads: Int
        public let stepSeconds: Double
        /// Of the products alone, in 10⁹ operations a second.
        public let gigaflops: Double
        /// sgemm at the same shapes, measured in the same rounds.
        public let sgemmGigaflops: Double
        /// gigaflops / sgemmGigaflops, the median of the rounds' own ratios.
        public let ratio: Double
    }

    public let threads: Int
    public let rounds: Int

    public init(threads: Int, rounds: Int) {
        self.threads = threads
        self.rounds = rounds
    }

    public func measure(_ settings: Settings) -> Figures {
        let batch = settings.batchSize
        let network = Network(
            settings.networkPlan(batch: batch), capacity: batch, workers: Workers(threads: threads))
        let optimizer = settings.makeOptimizer(network.parameters.filter(\.isTrained))
        let stream = RandomStream(seed: 1, purpose: "bench/pixels")
        let input = network.input(batch)
        for row in 0..<batch {
            for column in 0..<network.features {
                input.row(row)[column] = Float(stream.integer(row * network.features + column, below: 256))
            }
        }
        let labels = (0..<batch).map { UInt8($0 % settings.dataset.classes) }
        let baseline = SgemmBaseline(settings, threads: threads)
        // A rate near zero: the weights stay what they are, so that every step does the same work.
        let step = {
            _ = network.gradient(batch, labels: labels)
            optimizer.update(step: 1, learningRate: 1e-30, network.workers)
        }
        step()
        let operations = operations(settings, batch: batch)
        let times = (0..<rounds).map { _ in
            let sgemm = baseline.seconds()
            // The library's threads stay awake for some 30 ms; then both sides begin with one step that is not counted.
            Thread.sleep(forTimeInterval: 0.1)
            step()
            return (sgemm: sgemm, step: seconds(step))
        }
        let sgemm = median(times.map { baseline.operations / $0.sgemm / 1e9 })
        return Figures(
            model: settings.model, batch: batch, threads: threads, stepSeconds: median(times.map(\.step)),
            gigaflops: operations / median(times.map(\.step)) / 1e9, sgemmGigaflops: sgemm,
            ratio: median(times.map { operations / $0.step / (baseline.operations / $0.sgemm) }))
    }

    /// Floating-point operations of a step's products with activations. A PCN's distances are not counted.
    private func operations(_ settings: Settings, batch: Int) -> Double {
        2 * Double(settings.multiplyAddsPerEpoch.products) / Double(settings.trainRows) * Double(batch)
    }

    private func seconds(_ body: () -> Void) -> Double {
        let start = DispatchTime.now().uptimeNanoseconds
        body()
        return Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
    }

    private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}
