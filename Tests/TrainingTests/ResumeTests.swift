import Specs
import Tensors
import Testing

@testable import Training

@Suite("A run that is stopped and resumed")
struct ResumeTests {
    static let cases: [Settings] = Linear.all.flatMap { linear in
        Optimizer.all.flatMap { optimizer in
            Schedule.all.map {
                Fixture.settings(
                    linear: linear, optimizer: optimizer, schedule: $0, learningRate: optimizer == .adam ? 1e-3 : 1e-4)
            }
        }
    }

    @Test("gives the bits of one that is not, wherever it is stopped", arguments: cases)
    func everywhere(_ settings: Settings) throws {
        let (end, whole) = try Fixture.train(settings)
        // 3 epochs of 4 batches and 1 evaluation slice, and the final two: a stop at every one of these questions.
        for patience in 0..<17 {
            let first = TestHost(patience: patience)
            #expect(try Fixture.trainer(settings).train(first) == .stopped)
            let second = TestHost()
            let trainer = try Fixture.trainer(settings)
            try trainer.resume(from: Safetensors(try #require(first.checkpoints.last).contents))
            #expect(try trainer.train(second) == end, "stopped at question \(patience)")
            #expect(first.epochs + second.epochs == whole.epochs, "stopped at question \(patience)")
        }
    }

    @Test("many times over gives the same bits too")
    func again() throws {
        let settings = Fixture.settings(optimizer: .adam, learningRate: 1e-3)
        let (end, whole) = try Fixture.train(settings)
        var epochs: [EpochFigures] = [], last = TrainingEnd.stopped, checkpoint: Safetensors?
        while last == .stopped {
            let host = TestHost(patience: 2)
            let trainer = try Fixture.trainer(settings)
            if let checkpoint { try trainer.resume(from: checkpoint) }
            last = try trainer.train(host)
            epochs += host.epochs
            if let contents = host.checkpoints.last?.contents { checkpoint = try Safetensors(contents) }
        }
        #expect(last == end && epochs == whole.epochs)
    }

    @Test("with more epochs equals the run that had them from the start", arguments: Linear.all)
    func extended(_ linear: Linear) throws {
        let short = try Fixture.train(Fixture.settings(linear: linear, epochs: 2)).host
        let trainer = try Fixture.trainer(Fixture.settings(linear: linear, epochs: 4))
        try trainer.resume(from: Safetensors(try #require(short.checkpoints.last).contents))
        let host = TestHost()
        let whole = try Fixture.train(Fixture.settings(linear: linear, epochs: 4))
        #expect(try trainer.train(host) == whole.end)
        #expect(short.epochs + host.epochs == whole.host.epochs)
    }

    @Test("refuses a checkpoint of another network or another place")
    func foreign() throws {
        let contents = try #require(try Fixture.train(Fixture.settings()).host.checkpoints.last).contents
        let other = try Fixture.trainer(Fixture.settings(linear: .mlp))
        #expect(throws: Safetensors.Failure.self) { try other.resume(from: Safetensors(contents)) }
        let shorter = try Fixture.trainer(Fixture.settings(epochs: 1))
        #expect(throws: Safetensors.Failure.self) { try shorter.resume(from: Safetensors(contents)) }
    }

    @Test(
        "refuses a place that no training can come to",
        arguments: [
            ["epoch": "-1"], ["epoch": "9223372036854775807"], ["batch": "5"], ["correct": "-1"],
            ["correct": "9223372036854775807"],
            ["samples": "-1"], ["samples": "9223372036854775807"], ["samples": "231"], ["seconds": "soon"],
            ["loss_sum_bits": "x"],
        ])
    func impossible(_ change: [String: String]) throws {
        let file = try Safetensors(try #require(try Fixture.train(Fixture.settings()).host.checkpoints.last).contents)
        let tensors = try file.names.map { name in
            let tensor = Tensor(try file.shape(name))
            try file.load(name, into: tensor)
            return (name, tensor)
        }
        let altered = Safetensors.encode(tensors, metadata: file.metadata.merging(change) { $1 })
        let trainer = try Fixture.trainer(Fixture.settings())
        #expect(throws: Safetensors.Failure.self) { try trainer.resume(from: Safetensors(altered)) }
    }
}
