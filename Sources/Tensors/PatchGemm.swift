import CKernels

/// Convolutions as products of BLAS (im2col): each output position's patch of the input is a row of a matrix that is never stored
/// whole. A task writes some of it to its thread's scratch memory, multiplies it, and goes on with the next.
public enum PatchGemm {
    /// Floats of scratch for each thread: 1 MB, which stays in the second cache of most processors.
    public static let scratch = 262_144

    /// The longest part of a contraction that is multiplied at a time.
    static let depth = 512

    /// What a way to cut a product costs, relative to one call of BLAS for all of it: by how much packing and writing patches slow
    /// down a thread, and a share of the time in which 48 or 64 threads would wait for the last tasks. The constants were measured.
    ///
    /// - Parameters:
    ///   - rows: of a tile; a tile's share of the packed operands is the sum of its sides over its area.
    ///   - patches: the side of a tile along which the other operand's patches are used again.
    static func cost(rows: Int, columns: Int, patches: Int, tasks: Int) -> Double {
        let idle = [48, 64].reduce(0.0) { sum, threads in
            let rounds = (tasks + threads - 1) / threads
            return sum + Double(rounds * threads) / Double(tasks) - 1
        }
        return 23 / Double(rows) + 23 / Double(columns) + 17 / Double(patches) + 0.1 * idle
    }
}

/// c (M, N) = initial + patches (M, K) · b (K, N), then the epilogue.
public struct PatchRowsGemm: Sendable {
    private let patches: Patches
    private let b: Operand
    private let c: Matrix
    private let initial: InitialValue
    private let epilogue: Epilogue
    private let rows: Tiling
    private let columns: Tiling
    private let depths: Tiling

    public init(_ patches: Patches, _ b: Operand, into c: Matrix, initial: InitialValue = .zero, then epilogue: Epilogue = .none)
    {
        precondition(patches.rows == c.rows && patches.columns == b.rows && b.columns == c.columns)
        (self.patches, self.b, self.c, self.initial, self.epilogue) = (patches, b, c, initial, epilogue)
        (rows, columns) = Self.grid(c.rows, c.columns, TaskSize(Gemm.operations(c.rows, c.columns, patches.columns)).tasks)
        depths = Tiling(patches.columns, parts: (patches.columns + PatchGemm.depth - 1) / PatchGemm.depth, multipleOf: 16)
    }

    /// Every tile of the columns writes its patches anew.
    private static func grid(_ m: Int, _ n: Int, _ most: Int) -> (rows: Tiling, columns: Tiling) {
        var best = (cost: Double.infinity, down: most, across: 1)
        for across in 1...max(1, n / 128) {
            let columns = (n + across - 1) / across
            for tasks in stride(from: min(64, most), through: most, by: 64) {
                let down = max(1, tasks / across), rows = (m + down - 1) / down
                let cost = PatchGemm.cost(rows: rows, columns: columns, patches: columns, tasks: down * across)
                if columns <= 512, cost < best.cost { best = (cost, down, across) }
            }
        }
        return (Tiling(m, parts: best.down, multipleOf: 4), Tiling(n, parts: best.across, multipleOf: 16))
    }

    public var tasks: Int { rows.count * columns.count }

    /// Computes one tile. `scratch` points at `PatchGemm.scratch` floats of the running thread's.
    public func run(_ task: Int, _ scratch: UnsafeMutablePointer<Float>) {
        let (all, columns) = (self.rows[task / self.columns.count], self.columns[task % self.columns.count])
        let limit = PatchGemm.scratch / depths.size
        let parts = Tiling(all.count, parts: (all.count + limit - 1) / limit)
        for index in 0..<parts.count {
            let part = parts[index]
            let rows = all.lowerBound + part.lowerBound..<all.lowerBound + part.upperBound
            let tile = c[rows, columns]
            initial.write(to: tile, column: columns.lowerBound)
            for index in 0..<depths.count {
                let depth = depths[index]
                let block = Matrix(base: scratch, rows: rows.count, columns: depth.count, stride: depth.count)
                patches.fill(block, rows: rows, columns: depth)
                BLAS.multiply(.plain(block), b[depth, columns], into: tile)
            }
            epilogue.apply(to: tile, rows: rows, columns: columns)
        }
    }
}

/// c (M, N) = aᵀ · patches for a (P, M) and patches (P, N): the gradient of a convolution's weights, where P is by far the longest
/// side. The contraction is cut into parts where the result has too few tiles, and the parts' results are added in their order.
public struct PatchColumnsGemm: Sendable {
    private let a: Matrix
    private let patches: Patches
    private let c: Matrix
    private let rows: Tiling
    private let columns: Tiling
    private let parts: Tiling
    private let partials: Bias

    /// Floats that the parts' results take together, at most.
    private static let most = 8_388_608

    /// Floats of scratch, shared by all threads, that are enough for products of these sides with up to that many positions: a
    /// shorter product may have more parts than a longer one.
    public static func scratch(_ m: Int, _ n: Int, positions: Int) -> Int {
        let parts = min(affordable(m, n, positions), TaskSize(Gemm.operations(m, n, positions)).tasks)
        return parts == 1 ? 0 : parts * m * n
    }

    private static func affordable(_ m: Int, _ n: Int, _ positions: Int) -> Int { max(1, min(positions / 512, most / (m * n))) }

    /// - Parameter partials: memory for `scratch` floats.
    public init(_ a: Matrix, _ patches: Patches, into c: Matrix, partials: UnsafeMutablePointer<Float>) {
        precondition(a.rows == patches.rows && c.rows == a.columns && c.columns == patches.columns)
        (self.a, self.patches, self.c, self.partials) = (a, patches, c, Bias(partials))
        (rows, columns, parts) = Self.grid(c.rows, c.columns, a.rows)
    }

    /// The tiles of the result and the parts of the contraction that cost least.
    static func grid(_ m: Int, _ n: Int, _ positions: Int) -> (rows: Tiling, columns: Tiling, parts: Tiling) {
        let most = TaskSize(Gemm.operations(m, n, positions)).tasks
        let affordable = affordable(m, n, positions)
        var best = (cost: Double.infinity, down: 1, across: 1, parts: 1)
        for down in (m + 511) / 512...max((m + 511) / 512, m / 64) {
            for across in (n + 511) / 512...max((n + 511) / 512, n / 64) {
                let tiles = down * across, rows = (m + down - 1) / down, columns = (n + across - 1) / across
                for tasks in stride(from: min(64, most), through: most, by: 64) {
                    let parts = max(1, min(affordable, tasks / tiles))
                    let cost = PatchGemm.cost(rows: rows, columns: columns, patches: rows, tasks: tiles * parts)
                    if cost < best.cost { best = (cost, down, across, parts) }
                }
            }
        }
        let (down, across, parts) = (best.down, best.across, best.parts)
        return (
            Tiling(m, parts: down, multipleOf: 4), Tiling(n, parts: across, multipleOf: 16),
            Tiling(positions, parts: parts, multipleOf: 16)
        )
    }

    public var tasks: Int { rows.count * columns.count * parts.count }

    /// Computes one tile of one part. `scratch` points at `PatchGemm.scratch` floats of the running thread's.
    public func run(_ task: Int, _ scratch: UnsafeMutablePointer<Float>) {
        let tiles = rows.count * columns.count, tile = task % tiles
        let (rows, columns) = (self.rows[tile / self.columns.count], self.columns[tile % self.columns.count])
        let part = parts[task / tiles], target = result(task / tiles)[rows, columns]
        target.clear()
        let chunks = Tiling(part.count, by: PatchGemm.scratch / max(512, self.columns.size))
        for index in 0..<chunks.count {
            let positions = part.lowerBound + chunks[index].lowerBound..<part.lowerBound + chunks[index].upperBound
            let block = Matrix(base: scratch, rows: positions.count, columns: columns.count, stride: columns.count)
            patches.fill(block, rows: positions, columns: columns)
            BLAS.multiply(.transposed(a[positions, rows]), .plain(block), into: target)
        }
    }

    /// Adds the parts' results, once all tasks are done.
    public func reduce(_ workers: Workers) {
        guard parts.count > 1 else { return }
        let stretches = Tiling(c.rows * c.columns, by: 16_384)
        precondition(c.stride == c.columns)
        workers.forEach(stretches.count) { index, _ in
            let stretch = stretches[index]
            let target = c.base + stretch.lowerBound
            target.update(from: partials.base + stretch.lowerBound, count: stretch.count)
            for part in 1..<parts.count {
                Kernels.current.table.pointee.add(
                    stretch.count, target, partials.base + part * c.rows * c.columns + stretch.lowerBound)
            }
        }
    }

    private func result(_ part: Int) -> Matrix {
        guard parts.count > 1 else { return c }
        let size = c.rows * c.columns
        return Matrix(base: partials.base + part * size, rows: c.rows, columns: c.columns, stride: c.columns)
    }
}
