import Tensors

/// The sides of what a layer reads or puts out of one image: positions, each with its channels side by side. A vector is one position.
public struct Shape: Sendable, Hashable {
    public var height: Int
    public var width: Int
    public var channels: Int
    public var count: Int { height * width * channels }

    public init(_ height: Int, _ width: Int, _ channels: Int) {
        (self.height, self.width, self.channels) = (height, width, channels)
    }

    public static func vector(_ count: Int) -> Shape { Shape(1, 1, count) }

    /// Floats from image to image. Vectors are kept apart as `Matrix.stride` says; positions of images follow each other.
    var stride: Int { height * width == 1 ? Matrix.stride(columns: channels) : count }
}

/// One layer of a network: x (B, inputs) → y (B, outputs), images in rows, (y, x, channel) in a row.
///
/// A layer's ReLU is part of it. Backward, the layer above takes dx through this layer's ReLU and sums its bias's gradient
/// (`InputGradient`): whoever has dx at hand does it at once.
public protocol Layer: Sendable {
    var input: Shape { get }
    var output: Shape { get }
    /// One for each channel of the output; nil where the layer has none.
    var bias: Parameter? { get }
    /// Whether ReLU follows.
    var hasReLU: Bool { get }

    /// Scratch memory that a batch of B images takes.
    func workspace(batch: Int) -> WorkspaceNeed

    func forward(_ x: Matrix, into y: Matrix, _ pass: Pass)

    /// dy (B, outputs) is the gradient before the layer's ReLU. Sets the gradients of the layer's own parameters but the bias,
    /// adds to those of shared ones, and writes dx where it is wanted (the first layer's is not).
    func backward(_ x: Matrix, _ y: Matrix, _ dy: Matrix, into dx: InputGradient?, _ pass: Pass)
}

/// What the layers of one pass share.
public struct Pass: Sendable {
    let workspace: Workspace
    /// Where in the training the batch is; nil in evaluation.
    let place: BatchPlace?
    var workers: Workers { workspace.workers }
}

/// A batch's place in the training: what randomness in a step depends on beside the seed.
public struct BatchPlace: Sendable {
    public var epoch: Int
    /// Images of the epoch that came before this batch.
    public var firstImage: Int

    public init(epoch: Int = 0, firstImage: Int = 0) { (self.epoch, self.firstImage) = (epoch, firstImage) }
}
