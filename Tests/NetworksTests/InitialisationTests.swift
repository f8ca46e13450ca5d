import Foundation
import Specs
import Tensors
import Testing

@testable import Networks

@Suite("Initialisation and updates")
struct InitialisationTests {
    private func variance(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 } / Double(values.count) }

    @Test("positions are in ±1, biases in ±0.1 and dense weights in ±1/√n (§4.4)")
    func bounds() {
        let shape = LinearPartShape(widths: [400, 300, 10], batch: 1)
        for parameter in LinearPart.pcn.build(shape).parameters {
            let bound: Float = parameter.name.hasPrefix("clouds") ? 1 : 0.1
            #expect(parameter.value.values.allSatisfy { abs($0) <= bound })
            #expect(parameter.value.values.max()! > bound * 0.5 && parameter.value.values.min()! < -bound * 0.5)
        }
        let dense = LinearPart.mlp.build(shape).parameters[0].value.values
        #expect(dense.max()! <= 0.05 && dense.max()! > 0.049 && dense.min()! >= -0.05 && dense.min()! < -0.049)
    }

    @Test("the same seed gives the same weights, another seed other weights")
    func seeds() {
        for part in LinearPart.all {
            let values = [1, 1, 2].map { seed in
                part.build(LinearPartShape(widths: [8, 4], seed: UInt64(seed), batch: 1)).parameters[0].value.values
            }
            #expect(values[0] == values[1] && values[0] != values[2])
        }
    }

    @Test("a low-rank weight has the dense weight's variance 1/(3n)")
    func lowRankVariance() {
        let shape = LinearPartShape(widths: [300, 200], d: 16, batch: 1)
        let reference = ReferenceNetwork(.lowRank, shape)
        let weights = (0..<300).flatMap { j in (0..<200).map { reference.weight(0, j, $0) } }
        #expect(abs(variance(weights) * 3 * 300 - 1) < 0.1)
    }

    @Test("update factors are the paper's: n/log₂ n for positions, 10⁵ for their biases, 1 for dense layers (§4.5)")
    func factors() {
        let pcn = LinearPart.pcn.build(LinearPartShape(widths: [768, 1024, 10], batch: 1)).parameters
        #expect(pcn.map(\.rateFactor) == [768 / log2(768.0), 102.4, 10 / log2(10.0), 1e5, 1e5])
        let dense = LinearPart.mlp.build(LinearPartShape(widths: [768, 10], batch: 1)).parameters
        #expect(dense.map(\.rateFactor) == [1, 1])
    }

    @Test("Adam follows its published formulas")
    func adam() {
        let parameter = Parameter("p", [3])
        parameter.value.assign([1, -2, 0.5])
        let adam = Adam([parameter])
        var (theta, m, v) = ([1.0, -2, 0.5], [0.0, 0, 0], [0.0, 0, 0])
        for step in 1...5 {
            let gradient = [0.3 * Double(step), -1, 1e-3]
            parameter.gradient.assign(gradient.map { Float($0) })
            adam.update(step: step, learningRate: 0.01, Workers(threads: 1))
            for i in 0..<3 {
                m[i] = 0.9 * m[i] + 0.1 * gradient[i]
                v[i] = 0.999 * v[i] + 0.001 * gradient[i] * gradient[i]
                let (mHat, vHat) = (m[i] / (1 - pow(0.9, Double(step))), v[i] / (1 - pow(0.999, Double(step))))
                theta[i] -= 0.01 * mHat / (vHat.squareRoot() + 1e-8)
            }
        }
        for i in 0..<3 { #expect(abs(Double(parameter.value.values[i]) - theta[i]) < 1e-5) }
    }

    @Test("the cosine schedule falls from γ to almost 0 over all steps")
    func cosine() {
        let rates = (0..<100).map { Schedule.cosine.rate(0.2, step: $0, of: 100) }
        #expect(rates[0] == 0.2 && abs(rates[50] - 0.1) < 1e-12 && rates[99] > 0 && rates[99] < 1e-4)
        #expect(zip(rates, rates.dropFirst()).allSatisfy { $0 > $1 })
        #expect(Schedule.constant.rate(0.2, step: 70, of: 100) == 0.2)
    }
}
