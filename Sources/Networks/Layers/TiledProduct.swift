import Tensors

/// Sizes of the tiles that a pass is cut into. They decide how fast it is and nothing else: a sum is one chain along the
/// contraction, however it is cut.
enum TileSize {
    /// Of the contraction: a panel of that many rows, 16 or 32 kB, stays in the first cache while all rows go over it. Whole
    /// groups of packed rows, and a size that leaves no short end of the usual powers of two.
    static let depth = 11 * RowFactor.groupMultiple
    /// Columns of a task.
    static let columns = 128
}

/// The tasks of a product's result (rows, columns): its columns in tiles and, where those are few, its rows in parts.
struct TaskGrid: Sendable {
    let rows: Tiling
    let columns: Tiling
    var count: Int { rows.count * columns.count }

    init(rows: Int, columns: Int, splitsRows: Bool = true) {
        self.columns = Tiling(columns, by: TileSize.columns)
        let parts = splitsRows ? max(1, 8 / self.columns.count) : 1
        let group = RowFactor.groupMultiple
        self.rows = Tiling(rows, by: max(group, ((rows + parts - 1) / parts + group - 1) / group * group))
    }

    subscript(task: Int) -> (rows: Range<Int>, columns: Range<Int>) {
        (rows[task / columns.count], columns[task % columns.count])
    }
}

/// A product c = a·b of whole matrices, cut into tasks.
struct Product: Sendable {
    enum Rows: Sendable {
        case matrix(Matrix)
        case transposed(RowBlocks)
    }
    /// b as it is stored: each task packs the parts that it needs.
    enum Columns: Sendable {
        case matrix(Matrix)
        case transposed(Transposed)
    }
    let a: Rows
    let b: Columns
    let c: Matrix
    let start: ProductStart
    let end: ProductEnd
    let grid: TaskGrid

    init(_ a: Rows, _ b: Columns, into c: Matrix, from start: ProductStart = .zero, then end: ProductEnd = .sums) {
        (self.a, self.b, self.c, self.start, self.end) = (a, b, c, start, end)
        // Sums down a column are taken by one task, in the order of the rows.
        let splitsRows = if case .reluBackward = end { false } else { true }
        grid = TaskGrid(rows: c.rows, columns: c.columns, splitsRows: splitsRows)
    }

    /// Floats of scratch that a task takes.
    static var scratch: Int { Panels.floats(TileSize.depth, TileSize.columns) }

    func run(_ task: Int, _ scratch: ScratchCursor) {
        let (rows, columns) = grid[task]
        for index in 0..<depths.count {
            let part = depths[index]
            var scratch = scratch
            let panels = scratch.panels(part.count, columns.count)
            switch b {
            case .matrix(let b): panels.pack(b[part, columns])
            case .transposed(let b): panels.pack(b[part, columns])
            }
            let factor =
                switch a {
                case .matrix(let a): RowFactor(a[rows, part])
                case .transposed(let a): a[index][rows: rows, depth: 0..<part.count]
                }
            multiply(
                factor, panels, into: c[rows, columns], from: index == 0 ? start[columns] : .sum,
                then: index == depths.count - 1 ? end[columns] : .sums)
        }
    }

    private var depths: Tiling {
        switch a {
        case .matrix(let a): Tiling(a.columns, by: TileSize.depth)
        case .transposed(let a): a.depths
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

/// Packs the transpose of `matrix` (depth, rows) into `memory` as row factors.
func packTransposed(_ matrix: Matrix, in memory: inout ScratchCursor, _ workers: Workers) -> RowBlocks {
    let blocks = memory.rowBlocks(rows: matrix.columns, depth: matrix.rows)
    let parts = Tiling(matrix.columns, by: RowFactor.groupMultiple)
    workers.forEach(parts.count) { part, _ in blocks.pack(matrix, rows: parts[part]) }
    return blocks
}
