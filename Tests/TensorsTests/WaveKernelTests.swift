import Foundation
import Tensors
import Testing

@Suite("F(D)")
struct WaveKernelTests {
    @Test("errs by less than 1e-4 of the amplitude against float64, for every distance and wave")
    func accuracy() {
        let (rows, columns, stride) = (50, 37, 48)
        for (distance, wave) in DistanceKind.allCases.flatMap({ d in WaveKind.allCases.map { (d, $0) } }) {
            for d in [1, 2, 4, 16, 32] {
                let (a, b) = (Tensor(rows, d), Tensor(columns, d))
                a.fill(RandomStream(seed: 1, purpose: "a"), bound: 1)
                b.fill(RandomStream(seed: 1, purpose: "b"), bound: 1)
                let (memory, tile) = (Tensor(PackedCloud.capacity(count: columns, d: d)), Tensor(rows, stride))
                let kernel = WaveKernel(distance: distance, wave: wave, lambda: 3, epsilon: 0.1, inputs: 4)
                let weights = tile.matrix[columns: 0..<columns]
                kernel.weights(a.matrix, PackedCloud(b.matrix, in: memory.base), into: weights)
                for j in 0..<rows {
                    for k in 0..<columns {
                        let pairs = (0..<d).map { (Double(a.matrix.row(j)[$0]), Double(b.matrix.row(k)[$0])) }
                        let squared = pairs.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
                        let dot = pairs.reduce(0) { $0 + $1.0 * $1.1 }
                        let z = distance == .euclidean ? squared.squareRoot() : distance == .squared ? squared : dot
                        let t = z / 0.2 - (z / 0.2).rounded(.down)
                        let exact = (wave == .triangle ? 0.5 - abs(2 * t - 1) : -0.5 * cos(2 * Double.pi * t)) * 3 / 2
                        #expect(abs(Double(weights.row(j)[k]) - exact) < 1.5e-4 * (distance == .squared ? 4 : 1))
                    }
                }
            }
        }
    }
}
