import Foundation
import Specs
import Tensors
import Testing

@testable import Networks

@Suite("Mixup")
struct MixupTests {
    @Test("shares follow Beta(α, α), folded at one half", arguments: [0.01, 0.2, 0.5, 1])
    func shares(_ alpha: Double) {
        let mixup = Mixup(alpha: alpha, seed: 3)
        let shares = (0..<4000).map { mixup.share(at: BatchPlace(epoch: $0 / 40, firstImage: $0 % 40)) }
        #expect(shares.allSatisfy { (0...0.5).contains($0) })
        // The variance of Beta(α, α) about one half is 1/(4·(2α + 1)).
        let variance = shares.reduce(0) { $0 + ($1 - 0.5) * ($1 - 0.5) } / 4000
        #expect(abs(variance * 4 * (2 * alpha + 1) - 1) < 0.06)
        #expect(mixup.share(at: BatchPlace(epoch: 7, firstImage: 3)) == shares[7 * 40 + 3])
    }

    @Test("the smallest α mixes nothing", arguments: [1e-300, Double.leastNonzeroMagnitude])
    func smallest(_ alpha: Double) {
        #expect((0..<100).allSatisfy { Mixup(alpha: alpha, seed: 3).share(at: BatchPlace(epoch: 1, firstImage: $0)) == 0 })
    }

    @Test("the gradient is that of the mean loss over mixed images and labels, with label smoothing too", arguments: [5, 4, 1])
    func gradient(_ rows: Int) {
        let shape = LinearPartShape(widths: [6, 5, 3], seed: 2, batch: rows), mixup = Mixup(alpha: 1, seed: 4)
        let place = BatchPlace(epoch: 2, firstImage: 10), share = mixup.share(at: place), smoothing = 0.2
        let network = Network(
            NetworkPlan(LinearPart.mlp.build(shape)), capacity: rows, labelSmoothing: smoothing, mixup: mixup,
            workers: Workers(threads: 2))
        let stream = RandomStream(seed: 3, purpose: "images"), labels: [UInt8] = Array([0, 2, 1, 1, 2].prefix(rows))
        let images = (0..<rows).map { row in (0..<6).map { stream.uniform(row * 6 + $0, in: -2..<2) } }
        for (row, image) in images.enumerated() { network.input(rows).row(row).update(from: image, count: 6) }
        let score = network.gradient(rows, labels: labels, at: place)

        var reference = ReferenceNetwork(.mlp, shape)
        let loss = { (reference: ReferenceNetwork) in
            (0..<rows).reduce(0.0) { sum, row in
                let other = rows - 1 - row
                let mixed = (0..<6).map { Double(images[row][$0]) * (1 - share) + Double(images[other][$0]) * share }
                let z: [Double] = reference.logits(mixed)
                let all = log(z.reduce(0) { $0 + exp($1) })
                let label = (1 - share) * z[Int(labels[row])] + share * z[Int(labels[other])]
                return sum + all - (1 - smoothing) * label - smoothing * z.reduce(0, +) / 3
            } / Double(rows)
        }
        #expect(abs(score.meanLoss - loss(reference)) < 1e-5)
        for parameter in network.parameters {
            let quotients = (0..<parameter.value.count).map { index -> Float in
                let value = reference.parameters[parameter.name]![index], h = 1e-6
                reference.parameters[parameter.name]![index] = value + h
                let above = loss(reference)
                reference.parameters[parameter.name]![index] = value - h
                let below = loss(reference)
                reference.parameters[parameter.name]![index] = value
                return Float((above - below) / (2 * h))
            }
            #expect(relativeError(parameter.gradient.values, quotients) < 1e-3, "\(parameter.name)")
        }
    }
}
