import Tensors

/// One fully connected layer y = x·W + b in one of its forms: x (B, n), W (n, m), b (m), y (B, m).
///
/// The layer multiplies; bias and ReLU are the same in every form and part of the products: forward, sums begin at the bias and
/// end with ReLU; backward, the layer above takes dx through this layer's ReLU and sums its bias's gradient (`InputGradient`).
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

    /// Writes W as PyTorch stores it, (m, n): its rows `outputs`, (outputs.count, n). Not for training: it takes memory.
    func expand(_ outputs: Range<Int>, into weight: Matrix)
}

extension Parameter {
    /// The parameter as the bias that a product's sums begin at.
    var start: ProductStart { .bias(Bias(value.base)) }
}
