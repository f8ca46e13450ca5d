import Foundation
import Specs
import Tensors
import Testing

@testable import Training

@Suite("A run with convolutions")
struct FeatureResumeTests {
    /// Three batches an epoch, the last one short.
    private static func settings(
        _ architecture: Architecture, _ linear: Linear, _ optimizer: Specs.Optimizer,
        convolution: Convolution = .dense, trainSamples: Int? = nil,
        batchSize: Int? = nil, learningRate: Double? = nil
    ) -> Settings {
        let (images, batch) = architecture == .alexnet ? (5, 2) : (40, 16)
        return Settings(
            architecture: architecture, linear: linear, convolution: convolution, d: 4, widths: [24, 17], dataset: .shapes,
            trainSamples: trainSamples ?? images, testSamples: 2, inputScale: .standard, epochs: 2, batchSize: batchSize ?? batch,
            learningRate: learningRate ?? (optimizer == .adam ? 1e-3 : 1e-4), optimizer: optimizer)
    }

    static let cases = [
        settings(.convnet, .pcn, .adam), settings(.convnet, .mlp, .sgd), settings(.alexnet, .pcn, .sgd),
        settings(.alexnet, .mlp, .adam), settings(.convnet, .mlp, .adam, convolution: .pcn),
    ]

    /// What must be the same to the bit: the final figures, every epoch's row, and the last checkpoint's file, in which weights and
    /// the optimizer's state are.
    private struct Outcome: Equatable {
        let end: TrainingEnd
        let epochs: [EpochFigures]
        let checkpoint: CheckpointFile
    }

    private func inFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "resume-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }

    private func write(_ host: TestHost, to url: URL) throws -> CheckpointFile {
        let contents = try Safetensors(try #require(host.checkpoints.last).contents)
        return try CheckpointFile.write(CheckpointContents(contents), to: url)
    }

    private func undisturbed(_ settings: Settings, threads: Int) throws -> Outcome {
        let (end, host) = try Fixture.train(settings, threads: threads)
        return try inFolder { Outcome(end: end, epochs: host.epochs, checkpoint: try write(host, to: $0.appending(path: "end"))) }
    }

    /// Stopped at a question of `TrainingHost.shouldStop`, and resumed from a file with another number of threads.
    private func resumed(_ settings: Settings, stopped question: Int) throws -> Outcome {
        try inFolder { folder in
            let url = folder.appending(path: "stopped"), first = TestHost(patience: question), second = TestHost()
            #expect(try Fixture.trainer(settings, threads: 1 + question % 3).train(first) == .stopped)
            let file = try write(first, to: url)
            let trainer = try Fixture.trainer(settings, threads: 1 + (question + 1) % 3)
            try trainer.resume(from: CheckpointFile.read(url, sha256: file.sha256))
            let end = try trainer.train(second)
            return Outcome(
                end: end, epochs: first.epochs + second.epochs, checkpoint: try write(second, to: folder.appending(path: "end")))
        }
    }

    @Test("gives the same bits with one, two and three threads, and stopped within an epoch and resumed", arguments: cases)
    func sameBits(_ settings: Settings) throws {
        let whole = try undisturbed(settings, threads: 2)
        #expect(whole.epochs.count == 2)
        for threads in [1, 3] { #expect(try undisturbed(settings, threads: threads) == whole, "\(threads) threads") }
        // After batches 1 and 2 of the first epoch, and 2 of the second: questions 3 and 7 are their evaluations'.
        for question in [1, 2, 6] {
            #expect(try resumed(settings, stopped: question) == whole, "stopped at question \(question)")
        }
    }

    @Test("drops by the epoch and the image in it, however the epoch is cut into batches")
    func dropout() throws {
        // A rate of almost nothing: weights stay, and losses differ by what is dropped alone.
        let losses = { (images: Int, batch: Int) in
            try Fixture.train(
                Self.settings(.alexnet, .mlp, .sgd, trainSamples: images, batchSize: batch, learningRate: 1e-30)
            ).host.epochs.map(\.loss)
        }
        let (whole, cut, single) = (try losses(4, 4), try losses(4, 1), try losses(1, 1))
        for (loss, other) in zip(whole, cut) { #expect(abs(loss - other) < 1e-5) }
        #expect(abs(single[0] - single[1]) > 1e-4)
    }
}
