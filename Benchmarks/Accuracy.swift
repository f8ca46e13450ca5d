import Foundation
import Networks
import Specs
import Tensors

extension Section {
    static let accuracy = Section(name: "accuracy", title: "F(D) against float64") {
        let pairs = 10_000_000
        var table = MarkdownTable(["d", "largest error", "at most"])
        for d in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512] {
            Terminal.note("accuracy: d = \(d)")
            table.add([String(d), scientific(Wave.largestError(d: d, pairs: pairs)), d <= 32 ? "1e-4" : ""])
        }
        var near = MarkdownTable(["d", "distance", "largest error", "by ‖a‖² + ‖b‖² − 2ab"])
        for d in [64, 512] {
            let errors = Wave.nearErrors(d: d, distance: 1e-3, points: 10_000)
            near.add([String(d), "1e-3", scientific(errors.direct), scientific(errors.expanded)])
        }
        return """
            Errors of the tile kernel's weights as a share of the amplitude λ/√n: euclidean distance, triangle wave, λ = 1, ε = 0.1, \
            positions uniform in [−1, 1], \(pairs.grouped) random pairs at each d; the formula of §3 in float64 on the same positions.

            \(table.text)

            Near points, 10,000 pairs: the engine computes a distance from the differences of coordinates, which stays accurate for near \
            points; the expanded form, which would be a matrix product, does not in float32.

            \(near.text)
            """
    }

    private static func scientific(_ value: Double) -> String { String(format: "%.1e", value) }
}

/// F with λ = 1, ε = 0.1 and n = 1: the amplitude is 1.
private enum Wave {
    /// Numbers of positions of a tile.
    static let (rows, columns) = (250, 128)
    static let kernel = WeightFunction().kernel(inputs: 1)

    /// §3's formula.
    static func exact(_ z: Double) -> Double {
        let (lambda, epsilon) = (1.0, 0.1)
        let rest = z - (z / (2 * epsilon)).rounded(.down) * 2 * epsilon
        return lambda / epsilon * (epsilon - abs(rest - epsilon) - epsilon / 2)
    }

    /// The largest error over tiles of random positions, on all cores.
    static func largestError(d: Int, pairs: Int) -> Double {
        let tiles = (pairs + rows * columns - 1) / (rows * columns)
        let workers = Workers(threads: Environment.cores)
        let errors = Tensor(tiles)
        workers.forEach(tiles) { tile, _ in
            let (a, b) = (Tensor(rows, d), Tensor(columns, d))
            a.fill(RandomStream(seed: 1, purpose: "accuracy/a/\(d)", epoch: tile), bound: 1)
            b.fill(RandomStream(seed: 1, purpose: "accuracy/b/\(d)", epoch: tile), bound: 1)
            errors.base[tile] = Float(error(a, b))
        }
        return Double(errors.values.max() ?? 0)
    }

    private static func error(_ a: Tensor, _ b: Tensor) -> Double {
        let d = a.shape[1]
        let (packed, memory) = (Tensor(Panels.floats(d, columns)), Tensor(Panels.floats(rows, columns)))
        let positions = Panels(base: packed.base, depth: d, columns: columns)
        positions.pack(b.matrix.transposed)
        let weights = Panels(base: memory.base, depth: rows, columns: columns)
        kernel.weights(a.matrix, positions, into: weights)
        // (d, columns), so that the columns' sums vectorise.
        let transposed = (0..<d * columns).map { Double(b.base[$0 % columns * d + $0 / columns]) }
        var squares = [Double](repeating: 0, count: columns), largest = 0.0
        for row in 0..<rows {
            squaredDistances(a.matrix.row(row), transposed, into: &squares)
            for column in 0..<columns {
                largest = max(largest, abs(Double(weights[row, column]) - exact(squares[column].squareRoot())))
            }
        }
        return withExtendedLifetime((packed, memory)) { largest }
    }

    private static func squaredDistances(_ a: UnsafePointer<Float>, _ b: [Double], into sums: inout [Double]) {
        let d = b.count / columns
        b.withUnsafeBufferPointer { b in
            sums.withUnsafeMutableBufferPointer { sums in
                for column in 0..<columns { sums[column] = 0 }
                for c in 0..<d {
                    let position = Double(a[c]), others = b.baseAddress! + c * columns
                    for column in 0..<columns {
                        let difference = position - others[column]
                        sums[column] += difference * difference
                    }
                }
            }
        }
    }

    /// Errors for pairs at a given distance in a random direction: of the kernel, and of the distance by the expanded square.
    static func nearErrors(d: Int, distance: Double, points: Int) -> (direct: Double, expanded: Double) {
        let (a, b, w) = (Tensor(1, d), Tensor(1, d), Tensor(Panels.floats(1, 1)))
        let packed = Tensor(Panels.floats(d, 1))
        var largest = (direct: 0.0, expanded: 0.0)
        for point in 0..<points {
            a.fill(RandomStream(seed: 1, purpose: "near/a/\(d)", epoch: point), bound: 1)
            b.fill(RandomStream(seed: 1, purpose: "near/b/\(d)", epoch: point), bound: 1)
            let length = b.values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
            for c in 0..<d { b.base[c] = a.base[c] + Float(Double(b.base[c]) / length * distance) }
            let positions = Panels(base: packed.base, depth: d, columns: 1)
            positions.pack(b.matrix.transposed)
            let weights = Panels(base: w.base, depth: 1, columns: 1)
            kernel.weights(a.matrix, positions, into: weights)
            var (square, aa, bb, ab) = (0.0, Float(0), Float(0), Float(0))
            for c in 0..<d {
                let (p, q) = (a.base[c], b.base[c])
                square += (Double(p) - Double(q)) * (Double(p) - Double(q))
                (aa, bb, ab) = (aa + p * p, bb + q * q, ab + p * q)
            }
            let right = exact(square.squareRoot())
            largest.direct = max(largest.direct, abs(Double(weights[0, 0]) - right))
            largest.expanded = max(largest.expanded, abs(exact(Double(max(0, aa + bb - 2 * ab).squareRoot())) - right))
        }
        return largest
    }
}
