import Specs
import Tensors

/// A convolution with bias and ReLU, whose weights are stored or computed.
public protocol ConvolutionLayer: Layer {
    /// Such as `features.0`.
    var name: String { get }
    /// One for each output channel; nil before a batch norm, which shifts them.
    var bias: Parameter? { get }
    /// O, k, k and C.
    var kernelShape: [Int] { get }

    /// The convolution whose weights are stored: itself, unless it is over components.
    var stored: any ConvolutionLayer { get }

    /// F's amplitude, where the weights are computed with it.
    var amplitude: Float? { get }

    /// Writes the weights of some outputs, (outputs.count, k·k·C). Not for training: it takes memory.
    func expand(_ outputs: Range<Int>, into weights: Matrix)
}

extension ConvolutionLayer {
    public var stored: any ConvolutionLayer { self }
    public var amplitude: Float? { nil }
}

/// The ordinary convolution: its weights are stored.
struct DenseConvolutionLayer: ConvolutionLayer {
    let name: String
    let products: ConvolutionProducts
    /// (O, k, k, C)
    let weight: Parameter
    let bias: Parameter?
    let hasReLU: Bool
    var input: Shape { products.input }
    var output: Shape { products.output }
    var kernelShape: [Int] { weight.value.shape }

    init(_ name: String, _ products: ConvolutionProducts, hasReLU: Bool = true, hasBias: Bool = true) {
        (self.name, self.products, self.hasReLU) = (name, products, hasReLU)
        let (kernel, channels) = (products.kernel, products.output.channels)
        weight = Parameter(name + ".weight", [channels, kernel, kernel, products.input.channels])
        bias = hasBias ? Parameter(name + ".bias", [channels]) : nil
    }

    func workspace(batch: Int) -> WorkspaceNeed { products.workspace(batch: batch) }

    func forward(_ x: Matrix, into y: Matrix, _ pass: Pass) {
        products.forward(x, weight.value.matrix, into: y, bias: bias, hasReLU: hasReLU, pass.workspace)
    }

    func backward(_ x: Matrix, _ y: Matrix, _ dy: Matrix, into dx: InputGradient?, _ pass: Pass) {
        let workspace = pass.workspace
        if let bias { products.biasGradient(dy, into: bias.gradient.base, workspace) }
        products.weightGradient(x, dy, into: weight.gradient.matrix, workspace, workspace.shared)
        if let dx { products.inputGradient(x, dy, weight.value.matrix, into: dx, workspace, workspace.shared) }
    }

    func expand(_ outputs: Range<Int>, into weights: Matrix) {
        let stored = weight.value.matrix[rows: outputs]
        for row in 0..<outputs.count { weights.row(row).update(from: stored.row(row), count: stored.columns) }
    }
}
