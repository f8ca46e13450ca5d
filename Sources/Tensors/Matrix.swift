/// A view of (rows, columns) floats, `stride` elements from row to row. It owns nothing: the tensor behind it must outlive it.
///
/// `@unchecked Sendable` for the reason given at `Tensor`: tiles that run at once write disjoint views.
public struct Matrix: @unchecked Sendable {
    public let base: UnsafeMutablePointer<Float>
    public let rows: Int
    public let columns: Int
    public let stride: Int

    public init(base: UnsafeMutablePointer<Float>, rows: Int, columns: Int, stride: Int) {
        precondition(rows >= 0 && columns >= 0 && stride >= columns, "(\(rows), \(columns)) with stride \(stride)")
        self.base = base
        self.rows = rows
        self.columns = columns
        self.stride = stride
    }

    /// The part in the given rows and columns.
    public subscript(rows: Range<Int>, columns: Range<Int>) -> Matrix {
        precondition(rows.upperBound <= self.rows && columns.upperBound <= self.columns, "a part lies inside")
        return Matrix(
            base: base + rows.lowerBound * stride + columns.lowerBound, rows: rows.count, columns: columns.count,
            stride: stride)
    }

    public subscript(rows rows: Range<Int>) -> Matrix { self[rows, 0..<columns] }
    public subscript(columns columns: Range<Int>) -> Matrix { self[0..<rows, columns] }

    /// Sets every element to 0.
    public func clear() { for index in 0..<rows { row(index).update(repeating: 0, count: columns) } }

    /// Row `i`, from its first element.
    public func row(_ i: Int) -> UnsafeMutablePointer<Float> { base + i * stride }
}

extension Matrix {
    /// The row stride of a matrix of activations: whole panels, and one panel more where rows would otherwise lie a multiple of
    /// 1 kB apart, as eight of them would then share a few lines of the first cache.
    public static func stride(columns: Int) -> Int {
        let whole = wholePanels(columns)
        return whole % 256 == 0 ? whole + panelWidth : whole
    }

    /// The first rows of a matrix of activations in `memory`, which has room for `rows` times the stride.
    public init(_ memory: Tensor, rows: Int, columns: Int) {
        let stride = Self.stride(columns: columns)
        precondition(rows * stride <= memory.count)
        self.init(base: memory.base, rows: rows, columns: columns, stride: stride)
    }

    /// The transpose, without moving anything.
    public var transposed: Operand { .transposed(self) }

    /// Sets negative elements to 0; a NaN stays.
    func relu() { Kernels.current.table.pointee.relu(rows, columns, base, stride) }

    /// Sets elements to 0 where `output`, of the same shape, is not positive.
    func mask(by output: Matrix) {
        precondition(output.rows == rows && output.columns == columns)
        Kernels.current.table.pointee.mask(rows, columns, base, stride, output.base, output.stride)
    }

    /// sums[k] = Σ_i self[i, k], in the order of the rows; `sums` points at `columns` floats.
    func columnSums(into sums: UnsafeMutablePointer<Float>) {
        Kernels.current.table.pointee.column_sums(rows, columns, base, stride, sums)
    }
}

extension Matrix {
    /// Rows of a part whose column sums one task adds up.
    private static let rowsOfSum = 2048
    private static let columnsOfSum = 64

    /// Floats of scratch that `columnSums(into:scratch:_:)` takes for a matrix of this shape.
    public static func sumScratch(rows: Int, columns: Int) -> Int {
        rows <= rowsOfSum ? 0 : min(64, Tiling(rows, by: rowsOfSum).count) * columns
    }

    /// sums[k] = Σ_i self[i, k] by all threads, such as a bias's gradient. Long matrices are summed in parts of their rows, and
    /// the parts' sums in their order: by the shape alone.
    public func columnSums(into sums: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>, _ workers: Workers) {
        let target = Bias(sums), partial = Bias(scratch)
        let stripes = Tiling(columns, by: Self.columnsOfSum)
        let parts = rows <= Self.rowsOfSum ? 1 : min(64, Tiling(rows, by: Self.rowsOfSum).count)
        workers.forEach(parts * stripes.count) { task, _ in
            let (part, stripe) = (task / stripes.count, stripes[task % stripes.count])
            let rows = part * rows / parts..<(part + 1) * rows / parts
            let into = parts == 1 ? target.base : partial.base + part * columns
            self[rows, stripe].columnSums(into: into + stripe.lowerBound)
        }
        guard parts > 1 else { return }
        Matrix(base: scratch, rows: parts, columns: columns, stride: columns).columnSums(into: sums)
    }

    /// Sets elements to 0 where `output`, of the same shape, is not positive, by all threads.
    public func mask(by output: Matrix, _ workers: Workers) {
        let parts = Tiling(rows, by: max(1, 65_536 / max(columns, 1)))
        workers.forEach(parts.count) { part, _ in self[rows: parts[part]].mask(by: output[rows: parts[part]]) }
    }
}
