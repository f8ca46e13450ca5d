import Tensors

/// Makes the weights of a layer from fewer numbers.
protocol WeightGenerator: Sendable {
    var inputs: Int { get }
    var outputs: Int { get }

    /// Scratch memory of either pass.
    var workspace: WorkspaceNeed { get }

    /// Writes W as PyTorch stores it, (m, n).
    func generate(into weight: Matrix, _ workspace: Workspace)

    /// Adds to the gradients of the parameters, for the gradient dW (m, n).
    func backward(_ gradient: Matrix, _ workspace: Workspace)
}

/// A fully connected layer whose W is made for each pass from other parameters, by a network or a table. W and dW are stored in
/// between, so that the products with them are calls of BLAS: O(n·m) memory, as a dense layer takes.
struct GeneratedLayer: LinearLayer {
    let generator: any WeightGenerator
    let bias: Parameter
    /// W of the last forward pass, and the gradient of it.
    private let weight: Tensor
    private let gradient: Tensor
    var inputs: Int { generator.inputs }
    var outputs: Int { generator.outputs }

    init(_ generator: any WeightGenerator, bias: Parameter) {
        (self.generator, self.bias) = (generator, bias)
        weight = Tensor(generator.outputs, generator.inputs)
        gradient = Tensor(generator.outputs, generator.inputs)
    }

    func workspace(batch: Int) -> WorkspaceNeed { generator.workspace }

    /// y (B, m) = x (B, n) · Wᵀ + b
    func forward(_ x: Matrix, into y: Matrix, relu: Bool, _ workspace: Workspace) {
        generator.generate(into: weight.matrix, workspace)
        denseForward(x, weight.matrix, into: y, relu: relu, workspace)
    }

    /// dW (m, n) = dyᵀ·x;   dx = dy·W
    func backward(_ x: Matrix, _ dy: Matrix, into dx: InputGradient?, _ workspace: Workspace) {
        denseBackward(x, dy, weight.matrix, gradient: gradient.matrix, into: dx, workspace)
        generator.backward(gradient.matrix, workspace)
    }

    func expand(_ outputs: Range<Int>, into weight: Matrix) {
        let whole = Tensor(generator.outputs, generator.inputs)
        generator.generate(into: whole.matrix, Workspace(Workers(threads: 1), generator.workspace))
        for (row, output) in outputs.enumerated() {
            weight.row(row).update(from: whole.matrix.row(output), count: inputs)
        }
        withExtendedLifetime(whole) {}
    }
}
