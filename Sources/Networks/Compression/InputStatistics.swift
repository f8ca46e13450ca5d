import Specs
import Tensors

/// Mean, variances and principal components of what one layer reads, over samples that are added in batches.
public struct InputStatistics {
    /// Numbers that the layer reads at each position.
    public let inputs: Int
    /// Samples added: images times positions.
    public private(set) var rows = 0
    /// Subtracted from every sample, so that sums of squares stay small: the mean of the first batch.
    private var origin: [Double] = []
    /// Σ (x − origin).
    private var sums: [Double]
    private var store: Store

    private enum Store {
        /// Σ (x − origin)·(x − origin)ᵀ, (inputs, inputs).
        case products(SymmetricMatrix)
        /// Every x − origin, where there are fewer samples than inputs, and they span what is wanted: the components then follow from the products of samples.
        case samples([Double])
    }

    /// - Parameters:
    ///   - samples: how many there will be.
    ///   - components: how many of them are wanted.
    public init(inputs: Int, samples: Int, components: Int = 0) {
        self.inputs = inputs
        sums = [Double](repeating: 0, count: inputs)
        store =
            Self.storesProducts(inputs: inputs, samples: samples, components: components)
            ? .products(SymmetricMatrix(size: inputs)) : .samples([])
    }

    /// Whether the products of inputs are stored, (inputs, inputs), rather than the samples: where these are many, or span fewer components
    /// than are wanted.
    public static func storesProducts(inputs: Int, samples: Int, components: Int) -> Bool {
        samples >= inputs || components >= samples
    }

    /// Rows that are converted to float64 at once.
    private static let chunk = 1024

    /// Adds samples (rows, inputs).
    public mutating func add(_ x: Matrix) {
        precondition(x.columns == inputs)
        for first in stride(from: 0, to: x.rows, by: Self.chunk) {
            let part = x[rows: first..<min(x.rows, first + Self.chunk)]
            if origin.isEmpty { origin = Self.mean(part) }
            var block = [Double](repeating: 0, count: part.rows * inputs)
            for row in 0..<part.rows {
                let source = part.row(row)
                for column in 0..<inputs {
                    let value = Double(source[column]) - origin[column]
                    block[row * inputs + column] = value
                    sums[column] += value
                }
            }
            rows += part.rows
            switch store {
            case .products(var matrix):
                // The enum gives its matrix away, so that it is not copied.
                store = .samples([])
                matrix.add(productOf: block, rows: part.rows)
                store = .products(matrix)
            case .samples(var samples):
                store = .samples([])
                samples += block
                store = .samples(samples)
            }
        }
    }

    private static func mean(_ x: Matrix) -> [Double] {
        (0..<x.columns).map { column in
            (0..<x.rows).reduce(0.0) { $0 + Double(x.row($1)[column]) } / Double(x.rows)
        }
    }

    /// The components of what was added; nil where that is not finite.
    public consuming func components() -> PrincipalComponents? {
        let count = Double(rows), inputs = inputs, mean = sums.map { $0 / count }
        let center = zip(origin, mean).map { $0 + $1 }
        switch store {
        case .products(var matrix):
            // Σ (x − μ)·(x − μ)ᵀ = Σ (x − o)·(x − o)ᵀ − N·(μ − o)·(μ − o)ᵀ
            matrix.add(productOf: mean, rows: 1, factor: -count)
            matrix.scale(by: 1 / max(1, count - 1))
            return matrix.eigen().map { eigen in
                PrincipalComponents(mean: center, variances: eigen.values.map { max(0, $0) }) { Array(eigen.vector($0)) }
            }
        case .samples(var samples):
            let rows = rows
            for row in 0..<rows {
                for column in 0..<inputs { samples[row * inputs + column] -= mean[column] }
            }
            // (x − μ)·(x − μ)ᵀ between samples has the same variances, and its vectors are combinations of samples.
            var transposed = [Double](repeating: 0, count: samples.count)
            for row in 0..<rows {
                for column in 0..<inputs { transposed[column * rows + row] = samples[row * inputs + column] }
            }
            var matrix = SymmetricMatrix(size: rows)
            matrix.add(productOf: transposed, rows: inputs)
            matrix.scale(by: 1 / max(1, count - 1))
            return matrix.eigen().map { eigen in
                let variances = eigen.values.map { max(0, $0) } + [Double](repeating: 0, count: inputs - rows)
                return PrincipalComponents(mean: center, variances: variances) { index in
                    guard index < rows - 1, eigen.values[index] > 0 else { return [Double](repeating: 0, count: inputs) }
                    let vector = eigen.vector(index), scale = 1 / (eigen.values[index] * (count - 1)).squareRoot()
                    var component = [Double](repeating: 0, count: inputs)
                    for (row, share) in vector.enumerated() {
                        for column in 0..<inputs { component[column] += share * scale * samples[row * inputs + column] }
                    }
                    return component
                }
            }
        }
    }
}

/// The principal components of what a layer reads.
public struct PrincipalComponents {
    public let mean: [Double]
    /// Of each component, the largest first, N − 1 in the denominator: the eigenvalues of the covariance.
    public let variances: [Double]
    private let makeComponent: (Int) -> [Double]

    fileprivate init(mean: [Double], variances: [Double], _ component: @escaping (Int) -> [Double]) {
        (self.mean, self.variances, makeComponent) = (mean, variances, component)
    }

    /// The unit vector of a component; zeros beyond those that the samples span.
    public func component(_ index: Int) -> [Double] { makeComponent(index) }
}
