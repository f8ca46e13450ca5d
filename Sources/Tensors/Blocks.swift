// Long-K operands are packed in contiguous K-blocks: rows a power-of-two stride apart conflict in the cache.

/// The transpose of a matrix (depth, rows) as packed left-hand sides, one for each block of the contraction. A view.
///
/// `@unchecked Sendable` for the reason given at `Tensor`.
public struct RowBlocks: @unchecked Sendable {
    private let base: UnsafeMutablePointer<Float>
    public let rows: Int
    public let depths: Tiling

    /// - Parameter memory: memory for `PackedLHS.floats` of the whole matrix.
    public init(_ memory: UnsafeMutablePointer<Float>, rows: Int, depths: Tiling) {
        (base, self.rows, self.depths) = (memory, rows, depths)
    }

    public subscript(block: Int) -> PackedLHS {
        let range = depths[block]
        return PackedLHS(
            packedIn: base + PackedLHS.floats(rows: rows, depth: range.lowerBound), rows: rows, depth: range.count)
    }
}

/// A matrix (depth, columns) as panels, for each block of the contraction. A view.
///
/// `@unchecked Sendable` for the reason given at `Tensor`.
public struct PanelBlocks: @unchecked Sendable {
    private let base: UnsafeMutablePointer<Float>
    public let columns: Int
    public let depths: Tiling

    /// - Parameter memory: memory for `Panels.floats` of the whole matrix.
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
