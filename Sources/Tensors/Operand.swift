/// An operand of a product that is in memory: a matrix as it is stored, or its transpose. A view.
public struct Operand: Sendable {
    let stored: Matrix
    let isTransposed: Bool

    /// The matrix as it is stored.
    public static func plain(_ matrix: Matrix) -> Operand { Operand(stored: matrix, isTransposed: false) }
    /// The transpose of the stored matrix.
    public static func transposed(_ matrix: Matrix) -> Operand { Operand(stored: matrix, isTransposed: true) }

    public var rows: Int { isTransposed ? stored.columns : stored.rows }
    public var columns: Int { isTransposed ? stored.rows : stored.columns }

    /// A part, in rows and columns of the operand.
    subscript(rows: Range<Int>, columns: Range<Int>) -> Operand {
        Operand(stored: isTransposed ? stored[columns, rows] : stored[rows, columns], isTransposed: isTransposed)
    }
}

/// What the sums of a product start from.
public enum InitialValue: Sendable {
    case zero
    /// bias[column].
    case bias(Bias)
}

/// Applied to each tile of a product after its sums are complete, before the next tile is computed.
public enum Epilogue: Sendable {
    case none
    /// Negative elements are set to 0; a NaN stays.
    case relu
    /// Elements are set to 0 where the matrix of the same shape is not positive: the gradient of ReLU.
    case mask(Matrix)
}

/// One float for each column of a matrix. `@unchecked Sendable` for the reason given at `Tensor`.
public struct Bias: @unchecked Sendable {
    public let base: UnsafeMutablePointer<Float>
    public init(_ base: UnsafeMutablePointer<Float>) { self.base = base }

    /// From one column on.
    subscript(from column: Int) -> Bias { Bias(base + column) }
}

extension InitialValue {
    /// Writes the value to a tile of the result that begins at a column. Returns whether the product is added to it.
    func write(to tile: Matrix, column: Int) -> Bool {
        guard case .bias(let bias) = self else { return false }
        for row in 0..<tile.rows { tile.row(row).update(from: bias.base + column, count: tile.columns) }
        return true
    }
}

extension Epilogue {
    /// Applies it to a tile of the result at the given rows and columns.
    package func apply(to tile: Matrix, rows: Range<Int>, columns: Range<Int>) {
        switch self {
        case .none: break
        case .relu: tile.relu()
        case .mask(let output): tile.mask(by: output[rows, columns])
        }
    }
}
