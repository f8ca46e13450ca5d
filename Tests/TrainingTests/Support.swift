import Datasets
import Foundation
import Specs
import Synchronization
import Tensors

@testable import Training

/// A host that keeps what it is told, and stops the training after some batches.
final class TestHost: TrainingHost {
    var epochs: [EpochFigures] = []
    var checkpoints: [(epoch: Int, batch: Int, kept: Bool, contents: Data)] = []
    /// Times that `shouldStop` still answers no; nil for ever.
    var patience: Int?

    init(patience: Int? = nil) { self.patience = patience }

    var shouldStop: Bool {
        guard let left = patience else { return false }
        patience = left - 1
        return left <= 0
    }

    func progressed(epoch: Int, fraction: Double, loss: Double, accuracy: Double) {}
    func completed(_ epoch: EpochFigures) { epochs.append(epoch) }
    func checkpoint(epoch: Int, batch: Int, kept: Bool, _ contents: CheckpointContents) {
        checkpoints.append((epoch, batch, kept, contents.data))
    }
}

extension CheckpointContents {
    /// The whole file.
    var data: Data {
        var data = Data()
        forEachPiece { data.append(contentsOf: $0) }
        return data
    }
}

/// A clock that goes on a second at each look.
func tickingClock(_ seconds: Double = 1) -> () -> Double {
    var time = 0.0
    return {
        time += seconds
        return time
    }
}

enum Fixture {
    static let shapes: Dataset = {
        // The program makes this data set itself: nothing can be missing.
        do { return try DatasetFolder(root: URL(fileURLWithPath: "/nowhere")).load(.shapes) } catch { fatalError("\(error)") }
    }()

    static func settings(
        linear: Linear = .pcn, optimizer: Specs.Optimizer = .sgd, schedule: Schedule = .constant, epochs: Int = 3,
        learningRate: Double = 1e-4, inputScale: InputScale = .standard, checkpointEvery: Int? = nil
    ) -> Settings {
        Settings(
            linear: linear, d: 4, widths: [40, 24], dataset: .shapes, trainSamples: 230, testSamples: 90,
            inputScale: inputScale, epochs: epochs, batchSize: 64, learningRate: learningRate, optimizer: optimizer,
            schedule: schedule, checkpointEvery: checkpointEvery)
    }

    static func trainer(_ settings: Settings, threads: Int = 2, now: @escaping () -> Double = { 0 }) throws -> Trainer {
        Trainer(settings, try TrainingData(shapes, for: settings), threads: threads, now: now)
    }

    /// Trains without a stop.
    static func train(_ settings: Settings, threads: Int = 2) throws -> (end: TrainingEnd, host: TestHost) {
        let host = TestHost()
        return (try trainer(settings, threads: threads).train(host), host)
    }
}

/// Central differences of a loss in float64 by a parameter in float32, with a large step and with a small one. The large one is less
/// affected by rounding; the small one crosses fewer kinks of activations and poolings. Where these lie depends on the kernel of BLAS, as
/// the last digits of eigenvectors do.
func differenceQuotients(_ parameter: UnsafeMutablePointer<Float>, loss: () -> Double) -> [Double] {
    let value = parameter.pointee
    defer { parameter.pointee = value }
    return [Float(2e-3), 5e-4].map { step in
        let losses = [step, -step].map { change in
            parameter.pointee = value + change
            return loss()
        }
        return (losses[0] - losses[1]) / (2 * Double(step))
    }
}

/// Whether one of the quotients is the gradient, up to kinks and rounding.
func isGradient(_ gradient: Double, _ quotients: [Double]) -> Bool {
    quotients.contains { abs($0 - gradient) < 0.05 * abs(gradient) + 4e-5 }
}
