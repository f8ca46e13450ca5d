import Tensors

/// Floats of scratch that a pass takes: for each thread, and shared by all.
public struct WorkspaceNeed: Sendable {
    public var perThread = 0
    public var shared = 0

    func union(_ other: WorkspaceNeed) -> WorkspaceNeed {
        WorkspaceNeed(perThread: max(perThread, other.perThread), shared: max(shared, other.shared))
    }
}

/// The threads of a run and their scratch memory, allocated once for the largest need of any layer.
public struct Workspace: Sendable {
    public let workers: Workers
    private let slots: [Tensor]
    private let common: Tensor

    public init(_ workers: Workers, _ need: WorkspaceNeed) {
        self.workers = workers
        slots = (0..<workers.threads).map { _ in Tensor(need.perThread) }
        common = Tensor(need.shared)
    }

    /// The scratch of thread `slot`, cut into parts as they are asked for.
    func scratch(_ slot: Int) -> ScratchCursor { ScratchCursor(slots[slot]) }

    /// The memory that all threads share within one pass.
    var shared: ScratchCursor { ScratchCursor(common) }
}

/// Hands out consecutive parts of a scratch tensor.
struct ScratchCursor: Sendable {
    private let tensor: Tensor
    private var used = 0

    init(_ tensor: Tensor) { self.tensor = tensor }

    /// Floats that `take` uses for a matrix: rows × columns, up to a whole cache line.
    static func floats(_ rows: Int, _ columns: Int) -> Int { (rows * columns + 15) / 16 * 16 }

    mutating func take(_ rows: Int, _ columns: Int) -> Matrix {
        let base = tensor.base + used
        used += Self.floats(rows, columns)
        precondition(used <= tensor.count, "the layer asked for less scratch than it takes")
        return Matrix(base: base, rows: rows, columns: columns, stride: columns)
    }

    mutating func skip(_ floats: Int) { used += floats }

    /// Room for the column factor of a product.
    mutating func panels(_ depth: Int, _ columns: Int) -> Panels {
        Panels(base: take(1, Panels.floats(depth, columns)).base, depth: depth, columns: columns)
    }

    /// Room for a long matrix as the row factors of a product, transposed.
    mutating func rowBlocks(rows: Int, depth: Int) -> RowBlocks {
        RowBlocks(
            take(1, RowFactor.floats(rows: rows, depth: depth)).base, rows: rows, depths: Tiling(depth, by: TileSize.depth))
    }

    /// Room for a long matrix as the column factors of a product.
    mutating func panelBlocks(_ depth: Int, _ columns: Int) -> PanelBlocks {
        PanelBlocks(take(1, Panels.floats(depth, columns)).base, columns: columns, depths: Tiling(depth, by: TileSize.depth))
    }
}
