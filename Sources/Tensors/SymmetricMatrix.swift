import COpenBLAS

/// A symmetric matrix in float64, for statistics.
public struct SymmetricMatrix {
    public let size: Int
    /// By rows; of each pair of elements only the one with column ≥ row is kept up to date.
    private var elements: [Double]

    public init(size: Int) {
        self.size = size
        elements = [Double](repeating: 0, count: size * size)
    }

    /// self += factor · aᵀ·a for a (rows, size), by rows.
    public mutating func add(productOf a: [Double], rows: Int, factor: Double = 1) {
        precondition(a.count == rows * size)
        guard rows > 0, size > 0 else { return }
        BLAS.prepare()
        cblas_dsyrk(
            CblasRowMajor, CblasUpper, CblasTrans, blasint(size), blasint(rows), factor, a, blasint(size), 1, &elements,
            blasint(size))
    }

    /// Multiplies every element.
    public mutating func scale(by factor: Double) {
        for index in elements.indices { elements[index] *= factor }
    }

    /// The largest size of which LAPACK can count its working memory, 2n² + 6n + 1 numbers, in 32 bits.
    private static let most = 32_766

    /// LAPACK's `dsyevd`; nil where it does not converge, as for a matrix that is not finite, and for one that is too large.
    public consuming func eigen() -> Eigen? {
        guard size > 0 else { return Eigen(values: [], matrix: []) }
        guard elements.allSatisfy(\.isFinite), size <= Self.most else { return nil }
        BLAS.prepare()
        var n = blasint(size), info: blasint = 0
        // What is the upper triangle by rows is the lower one by columns, as LAPACK reads.
        var job = CChar(UInt8(ascii: "V")), triangle = CChar(UInt8(ascii: "L"))
        var values = [Double](repeating: 0, count: size), matrix = elements
        elements = []
        var (workSize, integerSize): (blasint, blasint) = (-1, -1), work = [0.0], integers: [blasint] = [0]
        dsyevd_(&job, &triangle, &n, &matrix, &n, &values, &work, &workSize, &integers, &integerSize, &info)
        (workSize, integerSize) = (blasint(work[0]), integers[0])
        (work, integers) = ([Double](repeating: 0, count: Int(workSize)), [blasint](repeating: 0, count: Int(integerSize)))
        dsyevd_(&job, &triangle, &n, &matrix, &n, &values, &work, &workSize, &integers, &integerSize, &info)
        return info == 0 ? Eigen(values: values, matrix: matrix) : nil
    }

    /// Eigenvalues and unit eigenvectors, the largest first.
    public struct Eigen {
        public let values: [Double]
        /// As LAPACK leaves them: by columns, the smallest first, so that a row here is a vector.
        private let matrix: [Double]

        fileprivate init(values: [Double], matrix: [Double]) { (self.values, self.matrix) = (values.reversed(), matrix) }

        /// The eigenvector of `values[index]`.
        public func vector(_ index: Int) -> ArraySlice<Double> {
            let place = values.count - 1 - index
            return matrix[place * values.count..<(place + 1) * values.count]
        }
    }
}
