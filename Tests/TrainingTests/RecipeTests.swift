import Foundation
import Tensors
import Testing

@testable import Specs
@testable import Training

/// Settings beyond the paper's, each as a change of a small run.
struct RecipeCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let settings: Settings

    private init(_ description: String, _ change: (inout Settings) -> Void) {
        testDescription = description
        var settings = Fixture.settings(optimizer: .adam, learningRate: 1e-3)
        change(&settings)
        settings.normalize()
        self.settings = settings
    }

    static let all = [
        RecipeCase("normalised, pcn") { $0.normalise = .layer },
        RecipeCase("normalised, mlp") { ($0.linear, $0.normalise) = (.mlp, .layer) },
        RecipeCase("grid") { $0.initialisation = .grid },
        RecipeCase("grid, normalised, dropout") {
            ($0.initialisation, $0.normalise, $0.dropout) = (.grid, .layer, 0.2)
        },
        RecipeCase("λ and ε by layer") {
            ($0.lambda, $0.epsilon) = (LayerValues([2, 1, 3]), LayerValues([0.1, 0.2, 0.05]))
        },
        RecipeCase("amplitudes by the initial variance, grid") {
            ($0.regulariser, $0.initialisation) = (.variance, .grid)
        },
        RecipeCase("a gain a layer, sgd") { ($0.gain, $0.optimizer, $0.learningRate) = (.layer, .sgd, 1e-5) },
        RecipeCase("a gain a neuron") { $0.gain = .neuron },
        RecipeCase("untied clouds, grid") { ($0.clouds, $0.initialisation) = (.untied, .grid) },
        RecipeCase("a learned ε a layer") { $0.learnEpsilon = .layer },
        RecipeCase("a learned ε a layer of its own, a gain a neuron, adamw") {
            ($0.learnEpsilon, $0.epsilon, $0.gain) = (.layer, LayerValues([0.1, 0.2, 0.3]), .neuron)
            ($0.optimizer, $0.weightDecay) = (.adamw, 0.1)
        },
        RecipeCase("a window, grid") { ($0.initialisation, $0.window) = (.grid, .gaussian) },
        RecipeCase("dropout, low_rank") { ($0.linear, $0.dropout) = (.lowRank, 0.1) },
        RecipeCase("poly_relu") { $0.activation = .polyReLU }, RecipeCase("gradient noise") { $0.gradientNoise = 0.01 },
        RecipeCase("parallel blocks, λ by layer") { ($0.structure, $0.lambda) = (.parallel, LayerValues([2, 1, 3, 4])) },
        RecipeCase("an hourglass, normalised, dropout") {
            ($0.structure, $0.normalise, $0.dropout) = (.hourglass, .layer, 0.1)
        },
        RecipeCase("momentum and weight decay, sgd") {
            ($0.linear, $0.optimizer, $0.learningRate) = (.mlp, .sgd, 1e-2)
            ($0.momentum, $0.weightDecay) = (0.9, 0.01)
        },
        RecipeCase("weight decay, sgd") { ($0.optimizer, $0.learningRate, $0.weightDecay) = (.sgd, 1e-5, 1e-3) },
        RecipeCase("adamw") { ($0.optimizer, $0.weightDecay) = (.adamw, 0.1) },
        RecipeCase("label smoothing") { $0.labelSmoothing = 0.1 },
        RecipeCase("onecycle") { $0.schedule = .onecycle },
        RecipeCase("a warmup of half an epoch, cosine") { ($0.schedule, $0.warmup) = (.cosine, 0.5) },
        RecipeCase("flips and crops") { $0.augment = [.flip, .crop] },
        RecipeCase("mixup, label smoothing, crops, mlp") {
            ($0.linear, $0.mixup, $0.labelSmoothing, $0.augment) = (.mlp, 0.2, 0.1, [.crop])
        },
        RecipeCase("the average of the last two epochs' weights") { $0.weightAverage = 0.67 },
        RecipeCase("the average of all epochs' weights, mlp") { ($0.linear, $0.weightAverage) = (.mlp, 1) },
        RecipeCase("the average of all epochs' weights, group_mask") { ($0.linear, $0.weightAverage) = (.groupMask, 1) },
    ]
}

@Suite("A run with a setting beyond the paper's")
struct RecipeTests {
    @Test("gives each layer its own number of a list, whatever connects the layers", arguments: Structure.all)
    func lists(_ structure: Structure) {
        let layers = Settings(widths: [9, 8, 7], structure: structure, dataset: .shapes).layerWidths.count - 1
        let settings = Settings(
            lambda: LayerValues((1...layers).map(Double.init)), widths: [9, 8, 7], structure: structure, dataset: .shapes)
        let stack = settings.linearStack(batch: 1)
        let expected = zip(1...layers, stack.widths).map { Float(Double($0) / Double($1).squareRoot()) }
        #expect(stack.amplitudes == expected && stack.layers.count == layers)
    }

    @Test("gives the same bits wherever it is stopped, and with any number of threads", arguments: RecipeCase.all)
    func sameBits(_ one: RecipeCase) throws {
        let (end, whole) = try Fixture.train(one.settings)
        let last = try #require(whole.checkpoints.last).contents
        // 3 epochs of 4 batches and 1 evaluation slice, and the final two: a stop at every one of these questions.
        for patience in 0..<17 {
            let first = TestHost(patience: patience), second = TestHost()
            #expect(try Fixture.trainer(one.settings, threads: 1 + patience % 3).train(first) == .stopped)
            let trainer = try Fixture.trainer(one.settings, threads: 1 + (patience + 1) % 3)
            try trainer.resume(from: Safetensors(try #require(first.checkpoints.last).contents))
            #expect(try trainer.train(second) == end, "stopped at question \(patience)")
            #expect(first.epochs + second.epochs == whole.epochs, "stopped at question \(patience)")
            if let contents = second.checkpoints.last?.contents { #expect(contents == last) }
        }
    }

    @Test("learns, and is another run than the plain one", arguments: RecipeCase.all)
    func learns(_ one: RecipeCase) throws {
        var plain = Fixture.settings(optimizer: .adam, learningRate: 1e-3)
        plain.linear = one.settings.linear
        plain.normalize()
        #expect(one.settings.trajectoryJSON != plain.trajectoryJSON)
        let (found, other) = (try Fixture.train(one.settings), try Fixture.train(plain))
        #expect(found.end != other.end)
        #expect(found.host.epochs.last?.loss ?? .infinity < found.host.epochs[0].loss)
    }

    /// The parameters' elements in a checkpoint, or those of other tensors by the parameters' names with a prefix.
    private func values(_ contents: Data, _ settings: Settings, prefix: String = "") throws -> [Float] {
        let file = try Safetensors(contents)
        return try settings.linearStack(batch: 1).parameters.flatMap { parameter in
            try file.load(prefix + parameter.name, into: parameter.value)
            return parameter.value.values
        }
    }

    @Test(
        "an average is the mean of the weights after the last epochs; the run ends with it, and exports and predictions have it")
    func average() throws {
        var settings = Fixture.settings(optimizer: .adam, epochs: 4, learningRate: 1e-2, checkpointEvery: 1)
        let plain = try Fixture.train(settings)
        settings.weightAverage = 0.5
        let (end, host) = try Fixture.train(settings)
        #expect(host.epochs == plain.host.epochs, "the rows are those of the running weights")
        let weights = try plain.host.checkpoints.map { try values($0.contents, settings) }
        let last = try #require(host.checkpoints.last).contents, file = try Safetensors(last)
        #expect(try values(last, settings) == weights[3])
        let mean = zip(weights[2], weights[3]).map { ($0 + $1) / 2 }
        let found = try values(last, settings, prefix: "average.")
        #expect(zip(found, mean).allSatisfy { abs($0 - $1) < 1e-6 } && found != weights[3])
        #expect(try Safetensors(host.checkpoints[1].contents).names.allSatisfy { !$0.hasPrefix("average") })

        let trainer = try Fixture.trainer(settings)
        try trainer.resume(from: file)
        guard case .completed(_, let test, _, let digest) = end, case .completed(_, _, _, let other) = plain.end else {
            Issue.record("a run did not complete")
            return
        }
        #expect(trainer.weightsSHA256 == digest && digest != other)
        let export = try WeightExport(settings, file, expanded: false)
        var exported: [Float] = []
        for tensor in export.tensors {
            tensor.forEachTile { exported += $0.bindMemory(to: Float.self) }
        }
        #expect(exported == found)
        let data = try TrainingData(Fixture.shapes, for: settings)
        let probabilities = try Inference(settings, file, threads: 1).probabilities(of: data.test, data)
        let correct = zip(probabilities, data.test.labels).count { $0.firstIndex(of: $0.max() ?? 0) == Int($1) }
        #expect(Double(correct) / Double(data.test.count) == test)
    }

    @Test("an average's first epoch follows from its fraction; without one more epochs extend the same run")
    func firstEpoch() {
        let first = { (fraction: Double, epochs: Int) in
            var settings = Fixture.settings(epochs: epochs)
            settings.weightAverage = fraction
            return settings.firstAveragedEpoch
        }
        #expect(first(0, 10) == nil && first(0.25, 100) == 76 && first(1, 10) == 1 && first(0.01, 10) == 10 && first(0.5, 1) == 1)
    }

    @Test("a warmup multiplies the schedule's rate by an even rise to 1, over its epochs of steps")
    func warmup() throws {
        // Under sgd and one batch an epoch, the first step of a warmup of 4 epochs is a quarter of the plain one.
        var settings = Fixture.settings(linear: .mlp, epochs: 1, learningRate: 0.1)
        settings.batchSize = 230
        let start = settings.linearStack(batch: 1).parameters.flatMap(\.value.values)
        let plain = try values(try #require(try Fixture.train(settings).host.checkpoints.last).contents, settings)
        settings.warmup = 4
        let risen = try values(try #require(try Fixture.train(settings).host.checkpoints.last).contents, settings)
        let (whole, quarter) = (zip(plain, start).map(-), zip(risen, start).map(-))
        #expect(zip(whole, quarter).allSatisfy { abs($0 / 4 - $1) < 1e-6 } && whole.contains { abs($0) > 1e-5 })
    }

    @Test("an augmented image depends on its index and the epoch, not on its batch, and is resized after it was changed")
    func augmented() throws {
        var settings = Fixture.settings(inputScale: .raw)
        settings.augment = [.flip, .crop]
        let data = try TrainingData(Fixture.shapes, for: settings), workers = Workers(threads: 2)
        let rows = { (indices: [Int32], epoch: Int) in
            let memory = Tensor(indices.count, 768)
            data.gatherForTraining(indices[...], epoch: epoch, into: memory.matrix, workers)
            return (0..<indices.count).map { Array(memory.values[$0 * 768..<($0 + 1) * 768]) }
        }
        let (first, again, alone) = (rows([3, 7, 9], 1), rows([9, 3], 1), rows([7], 1))
        #expect(first[0] == again[1] && first[2] == again[0] && first[1] == alone[0])
        #expect(rows([3, 7, 9], 2) != first)
        let whole = try Fixture.shapes.subset(train: 230, test: 90).train
        let changed = whole.augmented([3], by: [.flip, .crop], seed: 1, epoch: 1).halved()
        #expect(changed.pixels.map(Float.init) == first[0])
    }

    @Test("label smoothing is in the training loss alone")
    func smoothing() throws {
        var settings = Fixture.settings(linear: .mlp, epochs: 1, learningRate: 1e-30)
        let plain = try Fixture.train(settings)
        settings.labelSmoothing = 0.3
        let smooth = try Fixture.train(settings)
        // The weights stay: figures of accuracy, and the final loss, which would be an error if it were not finite, do too.
        #expect(smooth.end == plain.end && smooth.host.epochs[0].testAccuracy == plain.host.epochs[0].testAccuracy)
        #expect(smooth.host.epochs[0].loss != plain.host.epochs[0].loss)
    }
}
