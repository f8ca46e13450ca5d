import Specs
import Tensors

extension WeightFunction {
    /// Positions of each cloud that a variance is computed from.
    private static let mostPositions = 1024

    /// F between the positions a (n, d) and b (m, d) of two clouds as they are initialised. Its amplitude is fixed for the whole run.
    ///
    /// The paper's regulariser gives λ/√n (§3.2). `variance` gives
    ///
    ///     amplitude = λ · √(2/n) / σ,   σ² = the variance of shape(z(a_j, b_k) / 2ε) over all j and k
    ///
    /// so that the initial weights have the standard deviation λ·√(2/n), for λ = 1 that of dense layers under ReLU (He and others
    /// 2015). Of a cloud of more than 1,024 positions, 1,024 evenly spaced ones count. A run that is resumed computes the same
    /// amplitude from its seed. Where the distances hardly differ, σ² below 10⁻⁶, that of the wave over a whole period is taken.
    func kernel(between a: Matrix, and b: Matrix) -> WeightKernel {
        switch regulariser {
        case .variance:
            let scale = (2 / Double(a.rows) / variance(between: a, and: b)).squareRoot()
            return WeightKernel(self, amplitude: lambda * scale)
        default: return kernel(inputs: a.rows)
        }
    }

    /// σ², summed in the order of the pairs.
    private func variance(between a: Matrix, and b: Matrix) -> Double {
        let shape = WeightKernel(self, amplitude: 1)
        let (ours, theirs) = (Self.sample(a), Self.sample(b)), rows = theirs.matrix.rows, columns = ours.matrix.rows
        let tiles = Tiling(rows, by: 64), memory = Tensor(min(rows, tiles.size), columns)
        var sum = 0.0, squares = 0.0
        for index in 0..<tiles.count {
            let tile = memory.matrix[rows: 0..<tiles[index].count]
            shape.expand(ours.matrix, theirs.matrix[rows: tiles[index]], into: tile)
            for row in 0..<tile.rows {
                for column in 0..<columns {
                    let value = Double(tile.row(row)[column])
                    sum += value
                    squares += value * value
                }
            }
        }
        withExtendedLifetime((ours, theirs, memory)) {}
        let count = Double(rows * columns), mean = sum / count, variance = squares / count - mean * mean
        return variance < 1e-6 ? wave.variance : variance
    }

    /// A copy of evenly spaced positions (count, d).
    private static func sample(_ positions: Matrix) -> Tensor {
        let count = min(positions.rows, mostPositions), sample = Tensor(count, positions.columns)
        for index in 0..<count {
            sample.matrix.row(index).update(from: positions.row(index * positions.rows / count), count: positions.columns)
        }
        return sample
    }
}

extension Wave {
    /// The variance of its shape in [−½, ½] over a period.
    fileprivate var variance: Double {
        switch self {
        case .triangle: 1.0 / 12
        case .sine: 1.0 / 8
        default: preconditionFailure("no kernel for the wave \(name)")
        }
    }
}
