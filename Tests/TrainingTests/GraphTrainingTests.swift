import Datasets
import Foundation
import Networks
import Specs
import Tensors
import Testing

@testable import Training

@Suite("A run on a graph")
struct GraphTrainingTests {
    static let communities: Dataset = {
        // The program makes this data set itself: nothing can be missing.
        do { return try DatasetFolder(root: URL(fileURLWithPath: "/nowhere")).load(.communities) } catch {
            fatalError("\(error)")
        }
    }()

    static func settings(_ linear: Linear, epochs: Int = 3, validation: Int = 0) -> Settings {
        Settings(
            architecture: .gcn, linear: linear, d: 8, dataset: .communities, validationSamples: validation, inputScale: .standard,
            epochs: epochs, learningRate: 0.01, optimizer: .adam)
    }

    private func trainer(_ settings: Settings, threads: Int = 1) throws -> Trainer {
        Trainer(settings, try TrainingData(Self.communities, for: settings), threads: threads, now: { 0 })
    }

    private func train(_ settings: Settings, threads: Int = 1) throws -> (end: TrainingEnd, host: TestHost) {
        let host = TestHost()
        return (try trainer(settings, threads: threads).train(host), host)
    }

    @Test("has one step an epoch, over every node, and scores each split's own nodes", arguments: Linear.all)
    func splits(_ linear: Linear) throws {
        let settings = Self.settings(linear, epochs: 1, validation: 500)
        let data = try TrainingData(Self.communities, for: settings)
        let count = { (images: ImageSet) in images.labels.count { $0 != DatasetName.unlabelled } }
        #expect(data.train.count == 2_000 && count(data.train) == 100 && count(data.test) == 1_000)
        #expect(count(try #require(data.validation)) == 500)
        #expect(settings.batchesPerEpoch == 1)
        let epoch = try #require(try train(settings).host.epochs.first)
        for accuracy in [epoch.trainAccuracy * 100, epoch.testAccuracy * 1000, try #require(epoch.validationAccuracy) * 500] {
            #expect(abs(accuracy - accuracy.rounded()) < 1e-9)
        }
    }

    @Test("gives the same bits stopped anywhere and resumed, with any number of threads", arguments: Linear.all)
    func resumed(_ linear: Linear) throws {
        let settings = Self.settings(linear)
        let (end, whole) = try train(settings)
        // 3 epochs of a step and an evaluation, and the final two.
        for patience in 0..<8 {
            let first = TestHost(patience: patience), second = TestHost()
            #expect(try trainer(settings, threads: 1 + patience % 3).train(first) == .stopped)
            let rest = try trainer(settings, threads: 1 + (patience + 1) % 3)
            try rest.resume(from: Safetensors(try #require(first.checkpoints.last).contents))
            #expect(try rest.train(second) == end && first.epochs + second.epochs == whole.epochs)
        }
    }

    @Test("learns the communities, better than without their edges", arguments: [Linear.mlp, .pcn, .lowRank])
    func learns(_ linear: Linear) throws {
        guard case .completed(_, let test, _, _) = try train(Self.settings(linear, epochs: 150), threads: 2).end else {
            Issue.record("it did not complete")
            return
        }
        // The features alone give about 0.6.
        #expect(test > 0.7)
    }

    @Test("has as many parameters as Kipf and Welling's on Cora, and as many points as the paper counts")
    func counts() {
        #expect(Settings(architecture: .gcn, linear: .mlp, dataset: .cora).linearParameters == 23_063)
        #expect(Settings(architecture: .gcn, linear: .pcn, d: 16, dataset: .cora).paperLinearParameters == 17 * (1_433 + 16 + 7))
    }

    @Test("exports the names of PyTorch Geometric")
    func names() throws {
        let names = try [Linear.mlp, .lowRank, .pcn].map { linear in
            let settings = Self.settings(linear, epochs: 1)
            let contents = try #require(try train(settings).host.checkpoints.last).contents
            return try WeightExport(settings, Safetensors(contents), expanded: false).tensors.map(\.name)
        }
        #expect(
            names == [
                ["conv1.lin.weight", "conv1.bias", "conv2.lin.weight", "conv2.bias"],
                ["conv1.lin.u", "conv1.lin.v", "conv1.bias", "conv2.lin.u", "conv2.lin.v", "conv2.bias"],
                ["linear.positions.0", "linear.positions.1", "linear.positions.2", "linear.biases.0", "linear.biases.1"],
            ])
    }

    @Test("has the gradient of its loss", arguments: Linear.all)
    func gradient(_ linear: Linear) throws {
        var settings = Self.settings(linear)
        settings = Settings(
            architecture: .gcn, linear: linear, d: 4, epsilon: LayerValues(2), dropout: 0, dataset: .communities,
            inputScale: .unit, learningRate: 0.01, optimizer: .adam)
        let data = try TrainingData(Self.communities, for: settings), nodes = data.train.count
        let network = Network(
            settings.networkPlan(batch: nodes, adjacency: data.adjacency), capacity: nodes, workers: Workers(threads: 2))
        let order = [Int32](0..<Int32(nodes))
        data.gather(data.train, order[...], into: network.input(nodes), network.workers)
        let labels = data.train.labels
        _ = network.gradient(nodes, labels: labels)
        for parameter in network.parameters where parameter.isTrained {
            let largest = parameter.gradient.elements.indices.max {
                abs(parameter.gradient.elements[$0]) < abs(parameter.gradient.elements[$1])
            }
            let index = try #require(largest), gradient = Double(parameter.gradient.elements[index])
            let quotients = differenceQuotients(parameter.value.base + index) {
                network.evaluate(nodes, labels: labels).meanLoss
            }
            #expect(isGradient(gradient, quotients), "\(parameter.name)[\(index)]: \(quotients), \(gradient)")
        }
    }
}
