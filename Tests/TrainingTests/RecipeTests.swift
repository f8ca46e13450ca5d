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
        RecipeCase("dropout, low_rank") { ($0.linear, $0.dropout) = (.lowRank, 0.1) },
    ]
}

@Suite("A run with a setting beyond the paper's")
struct RecipeTests {
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
        let (found, other) = (try Fixture.train(one.settings).host.epochs, try Fixture.train(plain).host.epochs)
        #expect(found.map(\.loss) != other.map(\.loss))
        #expect(found.last?.loss ?? .infinity < found[0].loss)
    }
}
