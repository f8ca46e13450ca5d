import Tensors

/// One fully connected layer y = x·W + b in one of its forms: x (B, n), W (n, m), b (m), y (B, m).
///
/// The layer multiplies; bias and ReLU are the same in every form, and both are done while a tile is in cache: forward by
/// `finish`, backward by the layer above, whose `InputGradient` takes each finished part of dx through this layer's ReLU and
/// sums its bias's gradient.
public protocol LinearLayer: Sendable {
    var inputs: Int { get }
    var outputs: Int { get }
    /// b (m).
    var bias: Parameter { get }

    /// Scratch memory that a batch of B rows takes.
    func workspace(batch: Int) -> WorkspaceNeed

    /// y = x·W + b, then ReLU where asked.
    func forward(_ x: Matrix, into y: Matrix, relu: Bool, _ workspace: Workspace)

    /// dy (B, m) is the gradient before ReLU. Sets the gradients of the layer's own parameters but the bias, adds to those of
    /// shared ones, and writes dx = dy·Wᵀ where it is wanted (the first layer's is not).
    func backward(_ x: Matrix, _ dy: Matrix, into dx: InputGradient?, _ workspace: Workspace)
}

extension LinearLayer {
    /// The last touch on an output tile: the bias of its `columns`, then ReLU.
    func finish(_ tile: Matrix, columns: Range<Int>, relu: Bool) {
        tile.addBias(bias.value.base + columns.lowerBound, relu: relu)
    }
}

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
}
