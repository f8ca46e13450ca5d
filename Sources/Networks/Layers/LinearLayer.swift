import Specs
import Tensors

/// One fully connected layer y = x·W + b of any kind: x (B, n), W (n, m), b (m), y (B, m).
public protocol LinearLayer: Sendable {
    var inputs: Int { get }
    var outputs: Int { get }
    /// b (m).
    var bias: Parameter { get }

    /// The bias of the layer as a dense one: `bias`, unless the weights that are stored are others than W.
    var exportedBias: Parameter { get }

    /// Scratch memory that a batch of B rows takes.
    func workspace(batch: Int) -> WorkspaceNeed

    /// y = x·W + b, then ReLU where `relu`.
    func forward(_ x: Matrix, into y: Matrix, relu: Bool, _ workspace: Workspace)

    /// Sets the gradients of the layer's own parameters but the bias, adds to those of shared ones, and writes dx = dy·Wᵀ where it
    /// is wanted (the first layer's is not). dy (B, m) is the gradient before ReLU.
    func backward(_ x: Matrix, _ dy: Matrix, into dx: InputGradient?, _ workspace: Workspace)

    /// Changes which weights there are. Called with the first batch of each epoch but the first, before the backward pass: x (B, n) is what
    /// the layer read, y (B, m) what it wrote.
    func rewire(_ x: Matrix, _ y: Matrix, _ workspace: Workspace)

    /// Writes W as PyTorch stores it, (m, n): its rows `outputs`, (outputs.count, n). Not for training: it takes memory.
    func expand(_ outputs: Range<Int>, into weight: Matrix)
}

extension LinearLayer {
    public var exportedBias: Parameter { bias }

    /// Most layers have the same weights all along.
    func rewire(_ x: Matrix, _ y: Matrix, _ workspace: Workspace) {}

    /// y (B, m) = x (B, n) · weightᵀ (n, m) + b, then ReLU where `relu`.
    func denseForward(_ x: Matrix, _ weight: Matrix, into y: Matrix, relu: Bool, _ workspace: Workspace) {
        gemm(
            .plain(x), .transposed(weight), into: y, initial: bias.initialValue, workspace.workers, then: relu ? .relu : .none)
    }

    /// gradient (m, n) = dyᵀ (m, B) · x (B, n) and dx (B, n) = dy (B, m) · weight (m, n), those of them that are wanted, in one pass.
    func denseBackward(
        _ x: Matrix, _ dy: Matrix, _ weight: Matrix, gradient: Matrix?, into dx: InputGradient?, _ workspace: Workspace
    ) {
        switch (gradient, dx) {
        case (let gradient?, let dx?):
            let pass = 2 * Gemm.operations(x.rows, inputs, outputs)
            gemm(
                Gemm(.transposed(dy), .plain(x), into: gradient, pass: pass),
                Gemm(.plain(dy), .plain(weight), into: dx.dx, then: dx.epilogue(x), pass: pass), workspace.workers)
        case (let gradient?, nil): gemm(.transposed(dy), .plain(x), into: gradient, workspace.workers)
        case (nil, let dx?): gemm(.plain(dy), .plain(weight), into: dx.dx, workspace.workers, then: dx.epilogue(x))
        case (nil, nil): break
        }
    }
}

extension Parameter {
    /// The parameter as the initial value of a product.
    var initialValue: InitialValue { .bias(Bias(value.base)) }
}

/// A fully connected layer at its place in a network. It reduces the bias's gradient, which is the same in all kinds of them.
struct LinearStage: Layer {
    let layer: any LinearLayer
    let hasReLU: Bool
    var input: Shape { .vector(layer.inputs) }
    var output: Shape { .vector(layer.outputs) }

    func workspace(batch: Int) -> WorkspaceNeed {
        layer.workspace(batch: batch)
            .union(WorkspaceNeed(shared: Matrix.sumScratch(rows: batch, columns: layer.outputs)))
    }

    func forward(_ x: Matrix, into y: Matrix, _ pass: Pass) {
        layer.forward(x, into: y, relu: hasReLU, pass.workspace)
    }

    func backward(_ x: Matrix, _ y: Matrix, _ dy: Matrix, into dx: InputGradient?, _ pass: Pass) {
        if let place = pass.place, place.epoch > 1, place.firstImage == 0 { layer.rewire(x, y, pass.workspace) }
        if layer.bias.isTrained { dy.columnSums(into: layer.bias.gradient.base, in: pass.workspace) }
        layer.backward(x, dy, into: dx, pass.workspace)
    }
}

extension Matrix {
    /// The column sums, with scratch memory that all threads share: `sumScratch` floats of it.
    func columnSums(into sums: UnsafeMutablePointer<Float>, in workspace: Workspace) {
        var shared = workspace.shared
        columnSums(
            into: sums, scratch: shared.take(Matrix.sumScratch(rows: rows, columns: columns)), workspace.workers)
    }
}
