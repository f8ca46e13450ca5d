import Tensors

/// A convolution with bias and ReLU, whatever its weights are made of.
public protocol ConvolutionLayer: Layer {
    /// Such as `features.0`.
    var name: String { get }
    /// O, k, k and C.
    var kernelShape: [Int] { get }

    /// Writes the weights of some outputs, (outputs.count, k·k·C). Not for training: it takes memory.
    func expand(_ outputs: Range<Int>, into weights: Matrix)
}

/// The ordinary convolution: its weights are stored.
struct DenseConvolutionLayer: ConvolutionLayer {
    let name: String
    let convolution: Convolution
    /// (O, k, k, C)
    let weight: Parameter
    let ownBias: Parameter
    let hasReLU: Bool
    var input: Shape { convolution.input }
    var output: Shape { convolution.output }
    var bias: Parameter? { ownBias }
    var kernelShape: [Int] { weight.value.shape }

    init(_ name: String, _ convolution: Convolution, hasReLU: Bool = true) {
        (self.name, self.convolution, self.hasReLU) = (name, convolution, hasReLU)
        let (kernel, channels) = (convolution.kernel, convolution.output.channels)
        weight = Parameter(name + ".weight", [channels, kernel, kernel, convolution.input.channels])
        ownBias = Parameter(name + ".bias", [channels])
    }

    func workspace(batch: Int) -> WorkspaceNeed {
        let gradient = InputGradient.scratch(batch: batch, channels: input.channels)
        return convolution.workspace(batch: batch).union(WorkspaceNeed(shared: gradient))
    }

    func forward(_ x: Matrix, into y: Matrix, _ pass: Pass) {
        convolution.forward(x, weight.value.matrix, into: y, bias: ownBias, hasReLU: hasReLU, pass.workspace)
    }

    func backward(_ x: Matrix, _ y: Matrix, _ dy: Matrix, into dx: InputGradient?, _ pass: Pass) {
        let workspace = pass.workspace
        convolution.weightGradient(x, dy, into: weight.gradient.matrix, workspace, workspace.shared)
        guard let dx else { return }
        convolution.inputGradient(dy, weight.value.matrix, into: dx.dx, workspace, workspace.shared)
        dx.finish(workspace)
    }

    func expand(_ outputs: Range<Int>, into weights: Matrix) {
        let stored = weight.value.matrix[rows: outputs]
        for row in 0..<outputs.count { weights.row(row).update(from: stored.row(row), count: stored.columns) }
    }
}
