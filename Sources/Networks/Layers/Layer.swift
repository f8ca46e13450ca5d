import Specs
import Tensors

extension Shape {
    /// Floats from image to image. Vectors are padded as `Matrix.stride` says; the positions of images are contiguous.
    var stride: Int { height * width == 1 ? Matrix.stride(columns: channels) : count }
}

/// One layer of a network: x (B, inputs) → y (B, outputs), an image in each row, (y, x, channel) in a row.
///
/// ReLU is part of the layer that it follows. Backward, the layer above sets dx to 0 where its x, that ReLU's output, is not
/// positive; every layer reduces its own bias's gradient from its dy.
public protocol Layer: Sendable {
    var input: Shape { get }
    var output: Shape { get }
    /// Whether ReLU follows.
    var hasReLU: Bool { get }

    /// The layers that it consists of, in the order of their parameters: itself alone, unless it is a block.
    var parts: [any Layer] { get }
    /// Parameters that are exported as they are.
    var plainParameters: [Parameter] { get }

    /// Parameters that are never trained, and that an export as a dense network has no need of.
    var frozenParameters: [Parameter] { get }

    /// Scratch memory that a batch of B images takes.
    func workspace(batch: Int) -> WorkspaceNeed

    func forward(_ x: Matrix, into y: Matrix, _ pass: Pass)

    /// Sets the gradients of the layer's own parameters, adds to those of shared ones, and writes dx where it is wanted (the first
    /// layer's is not). dy (B, outputs) is the gradient before the layer's ReLU.
    func backward(_ x: Matrix, _ y: Matrix, _ dy: Matrix, into dx: InputGradient?, _ pass: Pass)
}

extension Layer {
    public var parts: [any Layer] { [self] }
    public var plainParameters: [Parameter] { [] }
    public var frozenParameters: [Parameter] { [] }

    /// No scratch memory.
    public func workspace(batch: Int) -> WorkspaceNeed { WorkspaceNeed() }
}

/// Where a layer writes dx (B, inputs), and whether its x is the output of a ReLU, whose gradient dx then goes through.
public struct InputGradient: Sendable {
    let dx: Matrix
    let isMasked: Bool

    init(_ dx: Matrix, isMasked: Bool = false) { (self.dx, self.isMasked) = (dx, isMasked) }

    /// The epilogue of a product that computes dx.
    func epilogue(_ x: Matrix) -> Epilogue { isMasked ? .mask(x) : .none }

    /// For a layer that computes dx in another way.
    func mask(by x: Matrix, _ workers: Workers) { if isMasked { dx.mask(by: x, workers) } }
}

/// What the layers of one pass share.
public struct Pass: Sendable {
    let workspace: Workspace
    /// Where in the training the batch is; nil in evaluation.
    let place: BatchPlace?
    var workers: Workers { workspace.workers }
}

/// A batch's place in the training: what randomness in a step depends on besides the seed.
public struct BatchPlace: Sendable {
    public var epoch: Int
    /// Images of the epoch before this batch.
    public var firstImage: Int

    public init(epoch: Int = 0, firstImage: Int = 0) { (self.epoch, self.firstImage) = (epoch, firstImage) }
}
