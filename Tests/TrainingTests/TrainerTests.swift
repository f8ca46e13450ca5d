import Foundation
import Specs
import Tensors
import Testing

@testable import Training

@Suite("A training")
struct TrainerTests {
    @Test("gives the same bits with one, two and three threads", arguments: Linear.all)
    func threads(_ linear: Linear) throws {
        let results = try [1, 2, 3].map { try Fixture.train(Fixture.settings(linear: linear), threads: $0) }
        #expect(results[0].end == results[1].end && results[0].end == results[2].end)
        #expect(results[0].host.epochs == results[1].host.epochs && results[0].host.epochs == results[2].host.epochs)
    }

    @Test("with another seed is another training")
    func seeds() throws {
        var settings = Fixture.settings()
        let first = try Fixture.train(settings).end
        settings.seed = 2
        #expect(try Fixture.train(settings).end != first)
    }

    @Test("writes a row for each epoch, with the mean over samples of an unequal last batch")
    func rows() throws {
        // A rate of almost nothing: every batch sees the same weights, so the running mean must be the whole split's.
        let settings = Fixture.settings(linear: .mlp, learningRate: 1e-30)
        let (end, host) = try Fixture.train(settings)
        #expect(host.epochs.map(\.epoch) == [1, 2, 3])
        guard case .completed(let train, let test, _, _) = end else {
            Issue.record("\(end)")
            return
        }
        for row in host.epochs {
            #expect(abs(row.trainAccuracy - train) < 1e-12 && row.testAccuracy == test)
            #expect(abs(row.loss - host.epochs[0].loss) < 1e-5)
        }
    }

    @Test("learns")
    func learns() throws {
        let settings = Fixture.settings(linear: .mlp, optimizer: .adam, epochs: 12, learningRate: 3e-3)
        let epochs = try Fixture.train(settings).host.epochs
        #expect(try #require(epochs.last).loss < epochs[0].loss * 0.7)
    }

    @Test("whose loss is no longer finite ends as diverged, with the place")
    func diverges() throws {
        let (end, host) = try Fixture.train(Fixture.settings(linear: .mlp, epochs: 50, learningRate: 1e20))
        guard case .diverged(let divergence) = end else {
            Issue.record("\(end)")
            return
        }
        #expect(divergence.epoch == host.epochs.count + 1 && (1...4).contains(divergence.batch))
    }

    @Test("whose last update makes its weights not finite has diverged, and no checkpoint holds them", arguments: Linear.all)
    func divergesLast(_ linear: Linear) throws {
        let settings = Settings(
            linear: linear, d: 4, widths: [40, 24], dataset: .shapes, trainSamples: 64, testSamples: 30, epochs: 1, batchSize: 64,
            learningRate: 3e38)
        let (end, host) = try Fixture.train(settings)
        guard case .diverged(let divergence) = end, case .tensor = divergence.cause else {
            Issue.record("\(end)")
            return
        }
        #expect(divergence.epoch == 1 && divergence.batch == 1 && host.epochs.isEmpty && host.checkpoints.isEmpty)
        // Stopped before the evaluation that would find it, it has diverged too.
        let stopped = TestHost(patience: 1)
        #expect(try Fixture.trainer(settings).train(stopped) == end && stopped.checkpoints.isEmpty)
    }

    @Test("whose final weights give a loss that is not finite has diverged, though the weights are finite")
    func divergesFinally() throws {
        let settings = Settings(
            linear: .mlp, widths: [40, 24], dataset: .shapes, trainSamples: 64, testSamples: 30, epochs: 1, batchSize: 64,
            learningRate: 1e30)
        let end = try Fixture.train(settings).end
        guard case .diverged(let divergence) = end else {
            Issue.record("\(end)")
            return
        }
        #expect(divergence.cause == .finalLoss && divergence.epoch == 1 && divergence.batch == 1)
    }

    @Test(
        "that resumes from a checkpoint with a number that is not finite has diverged: a weight, or the optimizer's state",
        arguments: [Float.nan, .infinity, -.infinity])
    func divergesOnResume(_ value: Float) throws {
        let settings = Fixture.settings(linear: .mlp, optimizer: .adam, learningRate: 1e-3)
        let stopped = TestHost(patience: 2)
        #expect(try Fixture.trainer(settings).train(stopped) == .stopped)
        let file = try Safetensors(try #require(stopped.checkpoints.last).contents)
        for name in file.names {
            let contents = try CheckpointContents(file)
            let tensor = try #require(contents.tensors.first { $0.name == name }).tensor
            tensor.base[tensor.count - 1] = value
            let trainer = try Fixture.trainer(settings), host = TestHost()
            try trainer.resume(from: Safetensors(contents.data))
            #expect(try trainer.train(host) == .diverged(Divergence(cause: .tensor(name), epoch: 1, batch: 2)))
            #expect(host.epochs.isEmpty && host.checkpoints.isEmpty)
        }
    }

    @Test("finds a number that is not finite wherever it is, and no finite one")
    func finite() {
        for count in [1, 7, 64, 1000] {
            let tensor = Tensor(count)
            tensor.assign((0..<count).map { $0.isMultiple(of: 2) ? .greatestFiniteMagnitude : -.leastNonzeroMagnitude })
            #expect(tensor.isFinite)
            for place in [0, count / 2, count - 1] {
                for value in [Float.nan, .infinity, -.infinity, .signalingNaN, -.nan] {
                    let before = tensor.base[place]
                    tensor.base[place] = value
                    #expect(!tensor.isFinite, "\(value) at \(place) of \(count)")
                    tensor.base[place] = before
                }
            }
        }
    }

    @Test("that is stopped where it has just written a checkpoint writes no second one there")
    func noSecondCheckpoint() throws {
        // A checkpoint after every batch.
        let settings = Fixture.settings(epochs: 2), host = TestHost(patience: 2)
        #expect(try Fixture.trainer(settings, now: tickingClock(31)).train(host) == .stopped)
        #expect(host.checkpoints.map { "\($0.epoch) \($0.batch)" } == ["0 1", "0 2"])
    }

    @Test("saves a checkpoint every half minute, at the end, and those that are to be kept")
    func cadence() throws {
        let host = TestHost()
        let settings = Fixture.settings(epochs: 4, checkpointEvery: 2)
        _ = try Fixture.trainer(settings, now: tickingClock(0.001)).train(host)
        #expect(host.checkpoints.map { "\($0.epoch) \($0.batch) \($0.kept)" } == ["2 0 true", "4 0 true"])

        let slow = TestHost()
        _ = try Fixture.trainer(Fixture.settings(epochs: 2), now: tickingClock(16)).train(slow)
        #expect(slow.checkpoints.count >= 4 && slow.checkpoints.contains { $0.batch > 0 })
        #expect(slow.checkpoints.allSatisfy { !$0.kept } && slow.checkpoints.last.map { $0.epoch } == 2)
    }

    @Test("has an engine part for everything that a spec can name")
    func registries() {
        for linear in Linear.all {
            for distance in Distance.all {
                for wave in Wave.all {
                    let settings = Settings(linear: linear, distance: distance, wave: wave, widths: [4], dataset: .shapes)
                    #expect(settings.linearStack(batch: 1).widths.count >= 3)
                }
            }
        }
        for optimizer in Optimizer.all { _ = Settings(dataset: .shapes, optimizer: optimizer).makeOptimizer([]) }
    }

    @Test("counts as many parameters as its settings say", arguments: Linear.all)
    func counts(_ linear: Linear) {
        let settings = Settings(linear: linear, dataset: .cifar100)
        let stack = settings.linearStack(batch: 1)
        // Of a sparse part those that the masks let through.
        let stored = stack.parameters.filter(\.isTrained).reduce(0) { $0 + $1.value.count }
        let masks = stack.parameters.filter { !$0.isTrained }.flatMap(\.value.values)
        #expect(stored - masks.count { $0 == 0 } == settings.linearParameters)
    }

    @Test("sees its samples resized and scaled as its settings say")
    func data() throws {
        let standard = try TrainingData(Fixture.shapes, for: Fixture.settings())
        #expect(standard.train.count == 230 && standard.test.count == 90 && standard.train.imageSize == 768)
        let all = [Int32](0..<230)
        let pixels = Tensor(230, 768)
        standard.train.gather(all[...], standard.scale, into: pixels.matrix)
        let values = pixels.values
        let mean = values.reduce(0, +) / Float(values.count)
        #expect(abs(mean) < 1e-3)
        let raw = try TrainingData(Fixture.shapes, for: Fixture.settings(inputScale: .raw))
        raw.train.gather(all[...], raw.scale, into: pixels.matrix)
        #expect(pixels.values.max()! > 200 && pixels.values.allSatisfy { $0 == $0.rounded() })
        let unit = try TrainingData(Fixture.shapes, for: Fixture.settings(inputScale: .unit))
        unit.train.gather(all[...], unit.scale, into: pixels.matrix)
        #expect(pixels.values.max()! <= 1)
    }
}
