import Datasets
import Foundation
import Networks
import Specs
import Tensors
import Testing

@testable import Training

@Suite("A run that is compressed")
struct CompressionTests {
    static func settings(
        _ architecture: Architecture, _ compression: Compression, epochs: Int = 3, images: Int = 96, batch: Int = 32,
        structure: Structure = .chain, weightAverage: Double = 0
    ) -> Settings {
        Settings(
            architecture: architecture, filters: 4, linear: .mlp,
            widths: architecture == .linearnet ? (structure == .chain ? [40, 24] : [20, 12, 8]) : nil, structure: structure,
            dataset: .shapes, trainSamples: images, testSamples: 40, inputScale: .standard, epochs: epochs, batchSize: batch,
            learningRate: 1e-3, optimizer: .adam, weightAverage: weightAverage, compress: compression)
    }

    private func trainer(_ settings: Settings, threads: Int = 2) throws -> Trainer {
        Trainer(settings, try TrainingData(Fixture.shapes, for: settings), threads: threads, now: { 0 })
    }

    /// The logits of the test images under the weights of a checkpoint.
    private func logits(_ settings: Settings, _ checkpoint: Safetensors) throws -> [[Double]] {
        let data = try TrainingData(Fixture.shapes, for: settings)
        return try Inference(settings, checkpoint, threads: 2).probabilities(of: data.test, data)
    }

    @Test(
        "to all components is the same function: dense layers, convolutions with padding, batch norm, residual blocks",
        arguments: [
            (Architecture.linearnet, Structure.chain), (.linearnet, .parallel), (.linearnet, .hourglass), (.conv4, .chain),
            (.vgg16, .chain), (.resnet20, .chain), (.convnet, .chain),
        ])
    func exact(_ architecture: Architecture, _ structure: Structure) throws {
        // Few images, but each layer's components span all that it can read.
        var settings = Self.settings(
            architecture, Compression(after: 1, samples: 64, .fraction(1)), epochs: 2, structure: structure)
        if architecture == .conv4 {
            // 8,192 inputs of the first dense layer would take minutes.
            let inputs = settings.compressibleInputs
            settings = Self.settings(
                architecture, Compression(after: 1, samples: 64, .dimensions(inputs.map { $0.inputs > 256 ? 0 : $0.inputs })),
                epochs: 2)
        }
        let data = try TrainingData(Fixture.shapes, for: settings)
        let full = TrainedNetwork(settings, data, workers: Workers(threads: 2))
        let compression = try #require(settings.compress)
        let small = try #require(full.compressed(compression, settings, data))
        #expect(small.network.parameters.count > full.network.parameters.count)
        let outputs = [full, small].map { trained -> [Float] in
            let order = [Int32](0..<40), network = trained.network
            data.gather(data.test, order[...], into: network.input(40), network.workers)
            let logits = network.forward(40)
            return (0..<400).map { logits.row($0 / 10)[$0 % 10] }
        }
        let largest = outputs[0].map(abs).max() ?? 1
        let difference = zip(outputs[0], outputs[1]).map { abs($0 - $1) }.max() ?? 0
        #expect(difference < 1e-4 * max(1, largest))
    }

    static let resumed: [Settings] = [
        settings(.linearnet, Compression(after: 1, samples: 50, .fraction(0.2), keepOutputs: [30, 0])),
        settings(.linearnet, Compression(after: 2, samples: 50, .threshold(0.05)), epochs: 4, weightAverage: 1),
        settings(.resnet20, Compression(after: 1, samples: 40, .fraction(0.5)), epochs: 2, images: 24, batch: 16),
        settings(
            .conv4,
            Compression(after: 1, samples: 40, .dimensions([20, 40, 80, 20, 40, 30]), keepOutputs: [40, 50, 100, 60, 90, 180]),
            epochs: 2, images: 24, batch: 16),
    ]

    @Test("gives the same bits stopped anywhere and resumed, in either phase, with any number of threads", arguments: resumed)
    func resume(_ settings: Settings) throws {
        let whole = TestHost(), end = try trainer(settings, threads: 1).train(whole)
        guard case .completed = end else {
            Issue.record("\(end)")
            return
        }
        for patience in 0..<50 {
            let first = TestHost(patience: patience)
            guard try trainer(settings, threads: 1 + patience % 3).train(first) == .stopped else { break }
            let second = TestHost(), rest = try trainer(settings, threads: 1 + (patience + 1) % 3)
            try rest.resume(from: Safetensors(try #require(first.checkpoints.last).contents))
            #expect(try rest.train(second) == end && first.epochs + second.epochs == whole.epochs, "question \(patience)")
        }
    }

    @Test("has the counts of the paper's Conv4")
    func counts() throws {
        let settings = Settings(
            architecture: .conv4, linear: .mlp, dataset: .cifar10,
            compress: Compression(
                after: 2, .dimensions([20, 40, 80, 50, 40, 30]), keepOutputs: [40, 50, 100, 60, 90, 180]))
        #expect(settings.linearParameters + settings.convolutionParameters == 2_425_930)
        let counts = settings.parameters(compressedTo: try #require(settings.compressedShape))
        #expect(counts.trained == 101_810 && counts.stored == 101_810 + 216_100)
    }

    @Test("counts what its network has", arguments: resumed.filter { $0.compressedShape != nil })
    func counted(_ settings: Settings) throws {
        let shape = try #require(settings.compressedShape), counts = settings.parameters(compressedTo: shape)
        let parameters = settings.networkPlan(batch: 1, compressed: shape).parameters.filter { !$0.name.contains("running") }
        #expect(parameters.filter(\.isTrained).reduce(0) { $0 + $1.value.count } == counts.trained)
        #expect(parameters.reduce(0) { $0 + $1.value.count } == counts.stored)
    }

    @Test("has the gradient of its loss", arguments: [resumed[0], resumed[3]])
    func gradient(_ settings: Settings) throws {
        let data = try TrainingData(Fixture.shapes, for: settings)
        let compression = try #require(settings.compress)
        let full = TrainedNetwork(settings, data, workers: Workers(threads: 2))
        let small = try #require(full.compressed(compression, settings, data))
        let network = small.network, count = 24, order = [Int32](0..<Int32(count))
        data.gather(data.train, order[...], into: network.input(count), network.workers)
        let labels = Array(data.train.labels.prefix(count))
        _ = network.gradient(count, labels: labels)
        for parameter in network.parameters where parameter.isTrained {
            let gradients = Array(parameter.gradient.elements)
            let index = try #require(gradients.indices.max { abs(gradients[$0]) < abs(gradients[$1]) })
            let gradient = Double(gradients[index])
            let quotients = differenceQuotients(parameter.value.base + index) {
                network.evaluate(count, labels: labels).meanLoss
            }
            #expect(isGradient(gradient, quotients), "\(parameter.name)[\(index)]: \(quotients), \(gradient)")
        }
    }

    @Test("keeps its weights in an export, of all that it has and as a dense network")
    func export() throws {
        let settings = Self.resumed[3], host = TestHost()
        _ = try trainer(settings).train(host)
        let checkpoint = try Safetensors(try #require(host.checkpoints.last).contents)
        let names = try WeightExport(settings, checkpoint, expanded: false).tensors.map { "\($0.name) \($0.shape)" }
        #expect(names.contains("features.1.weight [50, 20, 3, 3]") && names.contains("features.1.components [20, 40]"))
        #expect(names.contains("linear.0.components [20, 3840]") && names.contains("linear.0.mean [3840]"))
        let dense = try WeightExport(settings, checkpoint, expanded: true).tensors.map { "\($0.name) \($0.shape)" }
        #expect(dense.contains("features.1.weight [50, 40, 3, 3]") && dense.contains("linear.0.weight [90, 3840]"))
        #expect(dense.count == 14)
    }

    @Test("is the same network when it is exported as a dense one")
    func expanded() throws {
        let settings = Self.resumed[0], host = TestHost()
        _ = try trainer(settings).train(host)
        let checkpoint = try Safetensors(try #require(host.checkpoints.last).contents)
        let tensors = try WeightExport(settings, checkpoint, expanded: true).tensors
        let plain = Settings(
            architecture: .linearnet, linear: .mlp, widths: [30, 24], dataset: .shapes, inputScale: .standard)
        let network = Network(plain.networkPlan(batch: 40), capacity: 40, workers: Workers(threads: 1))
        for (parameter, tensor) in zip(network.parameters, tensors) {
            #expect(parameter.value.shape == tensor.shape)
            var floats: [Float] = []
            tensor.forEachTile { floats.append(contentsOf: $0.bindMemory(to: Float.self)) }
            parameter.value.assign(floats)
        }
        let data = try TrainingData(Fixture.shapes, for: settings)
        data.gather(data.test, [Int32](0..<40)[...], into: network.input(40), network.workers)
        let output = network.forward(40), probabilities = try logits(settings, checkpoint)
        for row in 0..<40 {
            let values = UnsafeBufferPointer(start: output.row(row), count: 10).map { exp(Double($0)) }
            for (value, probability) in zip(values, probabilities[row]) {
                #expect(abs(value / values.reduce(0, +) - probability) < 1e-5)
            }
        }
    }
}
