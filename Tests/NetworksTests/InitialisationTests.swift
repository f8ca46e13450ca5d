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

    @Test("on a grid an input's point is its pixel's place and its channel's vector; the other clouds are as without one")
    func grid() {
        let image = Shape(3, 4, 2), d = 5
        let plain = LinearPart.pcn.build(LinearPartShape(widths: [24, 7, 3], d: d, batch: 1)).parameters
        let grid = LinearPart.pcn.build(LinearPartShape(widths: [24, 7, 3], d: d, grid: image, batch: 1)).parameters
        #expect(zip(plain, grid).map { $0.value.values == $1.value.values } == [false, true, true, true, true])
        let points = grid[0].value.values
        for channel in 0..<2 {
            let vector = points[channel * 12 * d + 2..<channel * 12 * d + d]
            #expect(vector.allSatisfy { abs($0) < 1 })
            for pixel in 0..<12 {
                let point = points[(channel * 12 + pixel) * d..<(channel * 12 + pixel + 1) * d]
                #expect(Array(point.prefix(2)) == [Float(pixel % 4) * 2 / 3 - 1, Float(pixel / 4) - 1])
                #expect(point.dropFirst(2).elementsEqual(vector))
            }
        }
        #expect(points[2..<d] != points[12 * d + 2..<13 * d])
        let other = LinearPart.pcn.build(LinearPartShape(widths: [24, 7, 3], d: d, grid: image, seed: 2, batch: 1)).parameters
        #expect(other[0].value.values != points)
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

    @Test("the one-cycle schedule has PyTorch's rates: γ/25, γ at the end of 30 % of the steps, γ/250000 at the last")
    func onecycle() {
        let rates = (0..<100).map { Schedule.onecycle.rate(2, step: $0, of: 100) }
        for (step, rate) in [(0, 0.08), (29, 2), (64, (2 + 8e-6) / 2), (99, 8e-6)] { #expect(abs(rates[step] - rate) < 1e-12) }
        #expect(abs(rates[10] - (2 + (0.08 - 2) / 2 * (1 + cos(Double.pi * 10 / 29)))) < 1e-12)
        #expect(zip(rates, rates.dropFirst()).enumerated().allSatisfy { $0 < 29 ? $1.0 < $1.1 : $1.0 > $1.1 })
        for total in 1...12 {
            #expect((0..<total).allSatisfy { (0...2.0001).contains(Schedule.onecycle.rate(2, step: $0, of: total)) })
        }
    }

    @Test("the cosine schedule falls from γ to almost 0 over all steps")
    func cosine() {
        let rates = (0..<100).map { Schedule.cosine.rate(0.2, step: $0, of: 100) }
        #expect(rates[0] == 0.2 && abs(rates[50] - 0.1) < 1e-12 && rates[99] > 0 && rates[99] < 1e-4)
        #expect(zip(rates, rates.dropFirst()).allSatisfy { $0 > $1 })
        #expect(Schedule.constant.rate(0.2, step: 70, of: 100) == 0.2)
    }
}
