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
