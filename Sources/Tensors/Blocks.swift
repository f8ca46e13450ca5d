// Factors whose contraction is long, cut into blocks that each lie in one piece: in one piece for the whole contraction, the
// parts that one pass reads would lie a power of two apart and take each other's place in the cache.

/// The transpose of a matrix (depth, rows) as packed row factors, one for each part of the contraction. A view.
///
/// `@unchecked Sendable` for the reason given at `Tensor`.
public struct RowBlocks: @unchecked Sendable {
    private let base: UnsafeMutablePointer<Float>
    public let rows: Int
    public let depths: Tiling

    /// - Parameter memory: room for `RowFactor.floats` of all of it.
    public init(_ memory: UnsafeMutablePointer<Float>, rows: Int, depths: Tiling) {
        (base, self.rows, self.depths) = (memory, rows, depths)
    }

    public subscript(block: Int) -> RowFactor {
        let range = depths[block]
        return RowFactor(
            packedIn: base + RowFactor.floats(rows: rows, depth: range.lowerBound), rows: rows, depth: range.count)
    }
}

/// A matrix (depth, columns) as panels, for each part of the contraction. A view.
///
/// `@unchecked Sendable` for the reason given at `Tensor`.
public struct PanelBlocks: @unchecked Sendable {
    private let base: UnsafeMutablePointer<Float>
    public let columns: Int
    public let depths: Tiling

    /// - Parameter memory: room for `Panels.floats` of all of it.
    public init(_ memory: UnsafeMutablePointer<Float>, columns: Int, depths: Tiling) {
        (base, self.columns, self.depths) = (memory, columns, depths)
    }

    public subscript(block: Int) -> Panels {
        let range = depths[block]
        return Panels(base: base + Panels.floats(range.lowerBound, columns), depth: range.count, columns: columns)
    }

    public func pack(_ source: Matrix) {
        for block in 0..<depths.count { self[block].pack(source[rows: depths[block]]) }
    }
}
