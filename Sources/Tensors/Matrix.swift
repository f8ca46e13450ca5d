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

    /// Row `i`, from its first element.
    public func row(_ i: Int) -> UnsafeMutablePointer<Float> { base + i * stride }
}
