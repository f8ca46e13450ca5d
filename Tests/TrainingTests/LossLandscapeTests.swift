import Datasets
import Specs
import Tensors
import Testing

@testable import Training

@Suite("A loss landscape")
struct LossLandscapeTests {
    private func landscape(_ settings: Settings, _ weights: LossLandscape.Weights, threads: Int = 2) throws -> LossLandscape {
        LossLandscape(
            settings, try TrainingData(Fixture.shapes, for: settings), weights: weights, workers: Workers(threads: threads))
    }

    @Test("has the same bits for any number of threads, in whatever order samples are drawn", arguments: Linear.allCases)
    func deterministic(_ linear: Linear) throws {
        for weights in LossLandscape.Weights.allCases {
            let settings = Fixture.settings(linear: linear)
            let first = try landscape(settings, weights, threads: 1)
            let samples = (0..<6).map(first.sample)
            for threads in [2, 3] {
                let again = try landscape(settings, weights, threads: threads)
                #expect((0..<6).reversed().map(again.sample).reversed() == samples)
            }
            #expect(Set(samples.map(\.loss)).count == 6 && Set(samples.map(\.seed)).count == 6)
            var other = settings
            other.seed = 2
            #expect(try landscape(other, weights).sample(0).loss != samples[0].loss)
        }
    }

    @Test("scores what training begins with: the first batch of a run with the sample's weights")
    func firstBatch() throws {
        // The one batch of the first epoch is scored before its step; the order of its images does not matter to the sum here.
        var settings = Fixture.settings(epochs: 1)
        settings.batchSize = 230
        let sample = try landscape(settings, .drawn).sample(0)
        settings.seed = sample.seed
        let first = try Fixture.train(settings).host.epochs[0]
        #expect(abs(first.loss - sample.loss) < 1e-6 && first.trainAccuracy == sample.accuracy)
    }

    @Test("of shuffled dense weights is that of dense ones: independent weights have no structure to lose")
    func shuffled() throws {
        let settings = Fixture.settings(linear: .mlp)
        let mean = { (weights: LossLandscape.Weights) in
            let landscape = try self.landscape(settings, weights)
            return (0..<200).map { landscape.sample($0).loss }.reduce(0, +) / 200
        }
        let (drawn, shuffled) = (try mean(.drawn), try mean(.shuffled))
        #expect(abs(drawn - shuffled) < 0.003, "\(drawn) \(shuffled)")
    }
}
