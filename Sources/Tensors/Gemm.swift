/// c (M, N) = initial + a (M, K) · b (K, N), then the epilogue: the engine's one way to multiply matrices that are in memory.
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
        let adding = initial.write(to: tile, column: columns.lowerBound)
        BLAS.multiply(a[rows, 0..<a.columns], b[0..<b.rows, columns], into: tile, adding: adding)
        epilogue.apply(to: tile, rows: rows, columns: columns)
    }

    /// Nearly square tiles: what BLAS spends on packing is proportional to the sum of a tile's sides over its area.
    static func tiles(_ rows: Int, _ columns: Int, tasks: Int) -> (Tiling, Tiling) {
        let side = max(1, (Double(rows) * Double(columns) / Double(max(tasks, 1))).squareRoot())
        let across = max(1, min(tasks, Int((Double(columns) / side).rounded())))
        let down = max(1, (tasks + across - 1) / across)
        return (Tiling(rows, parts: down, multipleOf: 4), Tiling(columns, parts: across, multipleOf: 16))
    }
}
