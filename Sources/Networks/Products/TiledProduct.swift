import Tensors

/// Sizes of the tiles that a pass is cut into. They decide how fast it is and nothing else: a sum is one chain along the
/// contraction, however it is cut.
package enum TileSize {
    /// Of the contraction: a panel of that many rows, 16 or 32 kB, stays in the first cache while all rows go over it. Whole
    /// groups of packed rows, and a size that leaves no short end of the usual powers of two.
    package static let depth = 11 * RowFactor.groupMultiple
    /// Columns of a task.
    package static let columns = 128
    /// The same where rows are patches, which every task writes out anew.
    static let columnsOfPatches = 512
    /// Rows of patches that are written out at a time.
    static let patches = 6 * RowFactor.groupMultiple
}

/// The tasks of a product's result (rows, columns): its columns in tiles and, where those are few, its rows in parts.
package struct TaskGrid: Sendable {
    let rows: Tiling
    let columns: Tiling
    package var count: Int { rows.count * columns.count }

    package init(rows: Int, columns: Int, by size: Int = TileSize.columns, splitsRows: Bool = true) {
        self.columns = Tiling(columns, by: size)
        let parts = splitsRows ? max(1, 8 / self.columns.count) : 1
        let group = RowFactor.groupMultiple
        self.rows = Tiling(rows, by: max(group, ((rows + parts - 1) / parts + group - 1) / group * group))
    }

    package subscript(task: Int) -> (rows: Range<Int>, columns: Range<Int>) {
        (rows[task / columns.count], columns[task % columns.count])
    }
}

/// A product c = a·b of whole matrices, cut into tasks.
struct Product: Sendable {
    let a: ProductRows
    let b: ProductColumns
    let c: Matrix
    let start: ProductStart
    let end: ProductEnd
    let grid: TaskGrid

    init(_ a: ProductRows, _ b: ProductColumns, into c: Matrix, from start: ProductStart = .zero, then end: ProductEnd = .sums) {
        (self.a, self.b, self.c, self.start, self.end) = (a, b, c, start, end)
        // Sums down a column are taken by one task, in the order of the rows.
        let splitsRows = if case .reluBackward = end { false } else { true }
        let size = if case .patches = a { TileSize.columnsOfPatches } else { TileSize.columns }
        grid = TaskGrid(rows: c.rows, columns: c.columns, by: size, splitsRows: splitsRows)
    }

    /// Floats of scratch that a task takes, with a factor of patches or without.
    static let scratch = Panels.floats(TileSize.depth, TileSize.columns)
    static let scratchOfPatches =
        Panels.floats(TileSize.depth, TileSize.columnsOfPatches)
        + ScratchCursor.floats(TileSize.depth, max(TileSize.columns, TileSize.patches))

    func run(_ task: Int, _ scratch: ScratchCursor) {
        let (rows, columns) = grid[task]
        let depths = a.depths
        for index in 0..<depths.count {
            let part = depths[index]
            var scratch = scratch
            let panels = scratch.panels(part.count, columns.count)
            b.pack(part, columns, into: panels, scratch)
            let first = index == 0 ? start[columns] : .sum
            let last = index == depths.count - 1 ? end[columns] : .sums
            switch a {
            case .matrix(let a): multiply(RowFactor(a[rows, part]), panels, into: c[rows, columns], from: first, then: last)
            case .transposed(let a):
                multiply(a[index][rows: rows, depth: 0..<part.count], panels, into: c[rows, columns], from: first, then: last)
            case .patches(let a):
                let tiles = Tiling(rows.count, by: TileSize.patches)
                for tile in 0..<tiles.count {
                    let range = rows.lowerBound + tiles[tile].lowerBound..<rows.lowerBound + tiles[tile].upperBound
                    var scratch = scratch
                    let block = scratch.take(range.count, part.count)
                    a.fill(block, rows: range, columns: part)
                    multiply(RowFactor(block), panels, into: c[range, columns], from: first, then: last)
                }
            }
        }
    }
}

/// Computes one product, or two at once.
func multiplyInTiles(_ workspace: Workspace, _ first: Product, _ second: Product? = nil) {
    workspace.workers.forEach(first.grid.count + (second?.grid.count ?? 0)) { task, slot in
        let scratch = workspace.scratch(slot)
        if task < first.grid.count {
            first.run(task, scratch)
        } else {
            second?.run(task - first.grid.count, scratch)
        }
    }
}
