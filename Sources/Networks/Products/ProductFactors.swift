import Tensors

/// The row factor of a whole product, as it is stored.
enum ProductRows: Sendable {
    case matrix(Matrix)
    /// A transpose that is already packed.
    case transposed(RowBlocks)
    /// Patches, written out as they are needed.
    case patches(Patches)

    /// The contraction's parts.
    var depths: Tiling {
        switch self {
        case .matrix(let a): Tiling(a.columns, by: TileSize.depth)
        case .transposed(let a): a.depths
        case .patches(let a): Tiling(a.columns, by: TileSize.depth)
        }
    }
}

/// The column factor of a whole product, as it is stored: each task packs the parts that it needs.
enum ProductColumns: Sendable {
    case matrix(Matrix)
    case transposed(Transposed)
    case patches(Patches)
    /// Matrices of equal sides one below the other, each somewhere in the same memory.
    case stack(MatrixStack)

    func pack(_ depth: Range<Int>, _ columns: Range<Int>, into panels: Panels, _ scratch: ScratchCursor) {
        switch self {
        case .matrix(let b): panels.pack(b[depth, columns])
        case .transposed(let b): panels.pack(b[depth, columns])
        case .patches(let b):
            var scratch = scratch
            let block = scratch.take(depth.count, columns.count)
            b.fill(block, rows: depth, columns: columns)
            panels.pack(block)
        case .stack(let b): b.pack(depth, columns, into: panels)
        }
    }
}

/// Matrices (rows, columns) one below the other: `down` × `across` of them, each at its own offset from the first.
struct MatrixStack: Sendable {
    let first: Matrix
    /// How many, and the floats from one to the next.
    let down: (count: Int, step: Int)
    let across: (count: Int, step: Int)

    func pack(_ depth: Range<Int>, _ columns: Range<Int>, into panels: Panels) {
        var row = depth.lowerBound
        while row < depth.upperBound {
            let (index, start) = row.quotientAndRemainder(dividingBy: first.rows)
            let count = min(first.rows - start, depth.upperBound - row)
            let offset = index / across.count * down.step + index % across.count * across.step
            let matrix = Matrix(base: first.base + offset, rows: first.rows, columns: first.columns, stride: first.stride)
            let done = row - depth.lowerBound
            panels[depth: done..<done + count].pack(matrix[start..<start + count, columns])
            row += count
        }
    }
}

/// Packs the transpose of `matrix` (depth, rows) into `memory` as row factors.
func packTransposed(_ matrix: Matrix, in memory: inout ScratchCursor, _ workers: Workers) -> RowBlocks {
    let blocks = memory.rowBlocks(rows: matrix.columns, depth: matrix.rows)
    let parts = Tiling(matrix.columns, by: 10 * RowFactor.groupMultiple)
    workers.forEach(parts.count * blocks.depths.count) { task, _ in
        let (block, part) = (task / parts.count, parts[task % parts.count])
        let factor = blocks[block]
        factor[rows: part, depth: 0..<factor.depth].pack(matrix[blocks.depths[block], part])
    }
    return blocks
}
