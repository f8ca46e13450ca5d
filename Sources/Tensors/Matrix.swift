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
    public var transposed: Transposed { Transposed(stored: self) }

    /// sums[k] = Σ_i self[i, k] in the order of the rows; `sums` points at `columns` floats. Before, where a layer's `output`
    /// is given, elements are set to 0 where that is not positive.
    public func columnSums(afterReLUOf output: Matrix? = nil, into sums: UnsafeMutablePointer<Float>) {
        precondition(output == nil || output!.rows == rows && output!.columns == columns && output!.stride == stride)
        Kernels.current.table.pointee.relu_backward(rows, columns, base, output?.base, stride, sums)
    }
}

/// The transpose of a matrix in memory.
public struct Transposed: Sendable {
    public let stored: Matrix
    public var rows: Int { stored.columns }
    public var columns: Int { stored.rows }
    public subscript(rows: Range<Int>, columns: Range<Int>) -> Transposed { stored[columns, rows].transposed }
}
