import Foundation
import Networks
import Specs
import Tensors
import Testing

@Suite("F(D)")
struct WeightFunctionTests {
    @Test("differs from float64 by less than 1e-4 of the amplitude, for every distance and wave")
    func accuracy() {
        let (rows, columns) = (50, 37)
        for (distance, wave) in Distance.all.flatMap({ d in Wave.all.map { (d, $0) } }) {
            for d in [1, 2, 4, 16, 32] {
                let (a, b) = (Tensor(rows, d), Tensor(columns, d))
                a.fill(RandomStream(seed: 1, purpose: "a"), bound: 1)
                b.fill(RandomStream(seed: 1, purpose: "b"), bound: 1)
                let (positions, weights) = (Scratch.panels(d, columns), Scratch.panels(rows, columns))
                positions.pack(b.matrix.transposed)
                let kernel = WeightFunction(distance: distance, wave: wave, lambda: 3, epsilon: 0.1).kernel(inputs: 4)
                kernel.weights(a.matrix, positions, into: weights)
                for j in 0..<rows {
                    for k in 0..<columns {
                        let pairs = (0..<d).map { (Double(a.matrix.row(j)[$0]), Double(b.matrix.row(k)[$0])) }
                        let squared = pairs.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
                        let dot = pairs.reduce(0) { $0 + $1.0 * $1.1 }
                        let z = distance == .euclidean ? squared.squareRoot() : distance == .squared ? squared : dot
                        let t = z / 0.2 - (z / 0.2).rounded(.down)
                        let exact = (wave == .triangle ? 0.5 - abs(2 * t - 1) : -0.5 * cos(2 * Double.pi * t)) * 3 / 2
                        #expect(abs(Double(weights[j, k]) - exact) < 1.5e-4 * (distance == .squared ? 4 : 1))
                    }
                }
            }
        }
    }

    @Test(
        "is bit-identical to scalar float32 code, for every instruction set and shape",
        arguments: Kernels.all.indices)
    func bits(_ set: Int) {
        let kernels = Kernels.all[set]
        for (distance, wave) in Distance.all.flatMap({ d in Wave.all.map { (d, $0) } }) {
            let reference = PlainWave(distance: distance, wave: wave, isFused: kernels.arithmetic == "fused")
            let kernel = WeightFunction(distance: distance, wave: wave, lambda: 3, epsilon: 0.1).kernel(inputs: 4)
            for (rows, columns, d) in [(1, 1, 1), (7, 15, 2), (8, 16, 16), (9, 17, 17), (15, 33, 15), (25, 31, 4), (13, 16, 33)] {
                let (a, b) = (Scratch.matrix(rows, d, "a"), Scratch.matrix(columns, d, "b"))
                // One pair of coincident points.
                b.row(0).update(from: a.row(0), count: d)
                let (positions, w, s) = (Scratch.panels(d, columns), Scratch.panels(rows, columns), Scratch.panels(rows, columns))
                positions.pack(b.transposed, kernels)
                kernel.weights(a, positions, into: w, slopes: s, kernels)
                let alone = Scratch.panels(rows, columns)
                kernel.weights(a, positions, into: alone, slopes: nil, kernels)
                for j in 0..<rows {
                    for k in 0..<columns {
                        let expected = reference.weight((0..<d).map { (a.row(j)[$0], b.row(k)[$0]) })
                        #expect(w[j, k] == expected.weight && alone[j, k] == expected.weight && s[j, k] == expected.slope)
                    }
                }
            }
        }
    }
}

/// F and its slope with λ = 3, ε = 0.1 and n = 4, in scalar float32 operations.
private struct PlainWave {
    let distance: Distance
    let wave: Wave
    let isFused: Bool
    private let period = Float(1 / 0.2)
    private let amplitude = Float(3.0 / 2)

    private func multiplyAdd(_ a: Float, _ b: Float, _ c: Float) -> Float { isFused ? c.addingProduct(a, b) : a * b + c }

    func weight(_ pairs: [(Float, Float)]) -> (weight: Float, slope: Float) {
        var z = pairs.reduce(Float(0)) { sum, pair in
            let (a, b) = pair
            return distance == .dot ? multiplyAdd(a, b, sum) : multiplyAdd(a - b, a - b, sum)
        }
        if distance == .euclidean { z = z.squareRoot() }
        let turns = z * period
        let t = turns - turns.rounded(.down)
        var (value, slope): (Float, Float)
        switch wave {
        case .triangle:
            let ramp = 2 * t - 1
            value = 0.5 - abs(ramp)
            slope = ramp < 0 && t > 0 ? 2 : ramp > 0 ? -2 : 0
        default:
            let u = t - 0.5
            let folded = min(abs(u), 0.5 - abs(u))
            value = 0.5 * sine(0.25 - abs(u))
            slope = -Float(3.14159265358979324) * sine(u < 0 ? -folded : folded)
        }
        slope *= amplitude * period
        switch distance {
        case .euclidean: slope = z > 0 ? slope / z : 0
        case .squared: slope *= 2
        default: break
        }
        return (amplitude * value, slope)
    }

    /// sin 2πw.
    private func sine(_ w: Float) -> Float {
        let x = w * Float(6.28318530717958648)
        let s = x * x
        var p = Float(-1.0 / 39_916_800)
        for coefficient in [1.0 / 362_880, -1.0 / 5040, 1.0 / 120, -1.0 / 6] { p = multiplyAdd(p, s, Float(coefficient)) }
        return multiplyAdd(x * s, p, x)
    }
}
