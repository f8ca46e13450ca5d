import Tensors

/// Floats of scratch memory that a pass takes: for each thread, and shared by all.
public struct WorkspaceNeed: Sendable {
    public var perThread = 0
    public var shared = 0
    /// Of layers that run other layers, which take the memory above.
    public var nested = 0

    func union(_ other: WorkspaceNeed) -> WorkspaceNeed {
        WorkspaceNeed(
            perThread: max(perThread, other.perThread), shared: max(shared, other.shared), nested: max(nested, other.nested))
    }
}

/// The threads of a run and their scratch memory, allocated once for the largest need of any layer.
public struct Workspace: Sendable {
    public let workers: Workers
    private let ofThreads: [Tensor]
    private let common: Tensor
    private let outer: Tensor

    public init(_ workers: Workers, _ need: WorkspaceNeed) {
        self.workers = workers
        ofThreads = (0..<workers.threads).map { _ in Tensor(need.perThread) }
        common = Tensor(need.shared)
        outer = Tensor(need.nested)
    }

    /// The scratch memory of one thread.
    func scratch(_ threadIndex: Int) -> ScratchCursor { ScratchCursor(ofThreads[threadIndex]) }

    /// The memory that all threads share within one pass.
    var shared: ScratchCursor { ScratchCursor(common) }

    /// The memory of a layer that runs others.
    var nested: ScratchCursor { ScratchCursor(outer) }
}

/// Hands out consecutive parts of a scratch tensor.
struct ScratchCursor: Sendable {
    private let tensor: Tensor
    private var used = 0

    init(_ tensor: Tensor) { self.tensor = tensor }

    /// Floats that `take` uses for a matrix: rows × columns, rounded up to a whole cache line.
    static func floats(_ rows: Int, _ columns: Int) -> Int { (rows * columns + 15) / 16 * 16 }

    mutating func take(_ rows: Int, _ columns: Int) -> Matrix {
        Matrix(base: take(Self.floats(rows, columns)), rows: rows, columns: columns, stride: columns)
    }

    mutating func take(_ floats: Int) -> UnsafeMutablePointer<Float> {
        let base = tensor.base + used
        used += (floats + 15) / 16 * 16
        precondition(used <= tensor.count, "the layer asked for less scratch memory than it takes")
        return base
    }

    mutating func skip(_ floats: Int) { used += floats }

    /// Memory for a packed right-hand side.
    mutating func panels(_ depth: Int, _ columns: Int) -> Panels {
        Panels(base: take(Panels.floats(depth, columns)), depth: depth, columns: columns)
    }
}
