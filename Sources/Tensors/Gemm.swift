/// c (M, N) = initial + a (M, K) · b (K, N), then the epilogue: a product of stored matrices by BLAS.
///
/// The result is cut into tiles by the shape alone; each tile is one single-threaded call of BLAS, so the bits do not depend on
/// the number of threads.
public func gemm(
    _ a: Operand, _ b: Operand, into c: Matrix, initial: InitialValue = .zero, _ workers: Workers, then epilogue: Epilogue = .none
) {
    let product = Gemm(a, b, into: c, initial: initial, then: epilogue)
    workers.forEach(product.tasks) { task, _ in product.run(task) }
}

/// Two products in one pass: their tasks run side by side.
public func gemm(_ first: Gemm, _ second: Gemm, _ workers: Workers) {
    workers.forEach(first.tasks + second.tasks) { task, _ in
        if task < first.tasks { first.run(task) } else { second.run(task - first.tasks) }
    }
}

/// A product of two matrices that are in memory, as tasks of one call of BLAS each.
public struct Gemm: Sendable {
    private let a: Operand
    private let b: Operand
    private let c: Matrix
    private let initial: InitialValue
    private let epilogue: Epilogue
    private let rows: Tiling
    private let columns: Tiling

    /// - Parameter pass: floating-point operations of all products of the pass; nil where this is the only one.
    public init(
        _ a: Operand, _ b: Operand, into c: Matrix, initial: InitialValue = .zero, then epilogue: Epilogue = .none,
        pass: Double? = nil
    ) {
        (self.a, self.b, self.c, self.initial, self.epilogue) = (a, b, c, initial, epilogue)
        let operations = Self.operations(c.rows, c.columns, a.columns)
        let share = pass.map { operations / max($0, 1) } ?? 1
        let tasks = Int((Double(TaskSize(pass ?? operations).tasks) * share).rounded(.up))
        (rows, columns) = Self.tiles(c.rows, c.columns, tasks: tasks)
    }

    /// Floating-point operations of a product, two for a multiply-add.
    public static func operations(_ m: Int, _ n: Int, _ k: Int) -> Double { 2 * Double(m) * Double(n) * Double(k) }

    public var tasks: Int { rows.count * columns.count }

    /// Computes one tile.
    public func run(_ task: Int) {
        let (rows, columns) = (self.rows[task / self.columns.count], self.columns[task % self.columns.count])
        let tile = c[rows, columns]
        initial.write(to: tile, column: columns.lowerBound)
        BLAS.multiply(a[rows, 0..<a.columns], b[0..<b.rows, columns], into: tile)
        epilogue.apply(to: tile, rows: rows, columns: columns)
    }

    /// Elements of a tile of a wide product: BLAS packs both operands for each tile, at a cost in proportion to the sum of its sides
    /// over its area. Tiles of half this area cost a dense step 7 %.
    private static let wideTile = 65_536
    /// The longer side of a tile of a thin product, whose shorter side is below 256.
    private static let thinTile = 128

    /// Nearly square tiles, as many as `tasks` where that leaves them large enough, in a number that 2 or 4 threads share evenly.
    static func tiles(_ rows: Int, _ columns: Int, tasks: Int) -> (Tiling, Tiling) {
        let isWide = min(rows, columns) >= 256
        let most = isWide ? rows * columns / wideTile : max(rows, columns) / thinTile
        let count = max(1, min(tasks, most)), tiles = count > 4 ? count / 4 * 4 : count
        var best = (perimeter: Int.max, down: tiles, across: 1)
        for across in 1...tiles where tiles % across == 0 {
            let down = tiles / across, perimeter = rows / down + columns / across
            if perimeter < best.perimeter, down <= rows, across <= columns { best = (perimeter, down, across) }
        }
        return (Tiling(rows, parts: best.down, multipleOf: 4), Tiling(columns, parts: best.across, multipleOf: 16))
    }
}
