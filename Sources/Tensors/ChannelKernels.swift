/// Numbers for each channel, in memory that something else owns. `@unchecked Sendable` for the reason given at `Tensor`.
public typealias Channels = Bias

extension Matrix {
    /// For each column k the sums over the rows of x − shift[k] and of its square, in the order of the rows.
    public func channelMoments(shift: Channels, sums: Channels, squares: Channels) {
        Kernels.current.table.pointee.channel_moments(rows, columns, base, stride, shift.base, sums.base, squares.base)
    }

    /// For each column k the sums over the rows of this matrix, and of its products with x − shift[k], in the order of the rows.
    public func channelProducts(with x: Matrix, shift: Channels, sums: Channels, products: Channels) {
        precondition(x.rows == rows && x.columns == columns)
        Kernels.current.table.pointee.channel_products(
            rows, columns, base, stride, x.base, x.stride, shift.base, sums.base, products.base)
    }

    /// y = factor[k]·x + offset[k] for this matrix x, and with another matrix factor[k]·x + other.factor[k]·other + offset[k]; then ReLU
    /// where `relu`.
    public func channelAffine(
        _ factor: Channels, _ offset: Channels, adding other: (matrix: Matrix, factor: Channels)? = nil, relu: Bool = false,
        into y: Matrix
    ) {
        precondition(y.rows == rows && y.columns == columns)
        precondition(other.map { $0.matrix.rows == rows && $0.matrix.columns == columns } ?? true)
        Kernels.current.table.pointee.channel_affine(
            rows, columns, base, stride, other?.matrix.base, other?.matrix.stride ?? 0, factor.base, other?.factor.base,
            offset.base,
            relu ? 1 : 0, y.base, y.stride)
    }

    /// self += other, by all threads.
    public func add(_ other: Matrix, _ workers: Workers) {
        precondition(other.rows == rows && other.columns == columns)
        let parts = Tiling(rows, by: max(1, 65_536 / max(columns, 1)))
        workers.forEach(parts.count) { part, _ in
            for row in parts[part] { Kernels.current.table.pointee.add(columns, self.row(row), other.row(row)) }
        }
    }

    /// self[i, k] *= other[i, k], by all threads.
    public func multiply(_ other: Matrix, _ workers: Workers) {
        precondition(other.rows == rows && other.columns == columns)
        let parts = Tiling(rows, by: max(1, 65_536 / max(columns, 1)))
        workers.forEach(parts.count) { part, _ in
            for row in parts[part] {
                let (mine, theirs) = (self.row(row), other.row(row))
                for column in 0..<columns { mine[column] *= theirs[column] }
            }
        }
    }

    /// Sets negative elements to 0, by all threads; a NaN stays.
    public func relu(_ workers: Workers) {
        let parts = Tiling(rows, by: max(1, 65_536 / max(columns, 1)))
        workers.forEach(parts.count) { part, _ in self[rows: parts[part]].relu() }
    }
}
