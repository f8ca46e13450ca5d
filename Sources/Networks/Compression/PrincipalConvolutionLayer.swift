import Specs
import Tensors

/// The channels of each position as their principal components: y = x·Vᵀ, V (d, C) frozen. The mean is in the bias of the layer that reads
/// them, see ``CentredBias``.
struct ProjectionLayer: Layer {
    let principal: PrincipalInput
    let input: Shape
    let hasReLU = false
    var output: Shape { Shape(input.height, input.width, principal.dimensions) }
    var frozenParameters: [Parameter] { principal.parameters }

    func forward(_ x: Matrix, into y: Matrix, _ pass: Pass) {
        gemm(
            .plain(x.positions(of: input)), .transposed(principal.components.value.matrix), into: y.positions(of: output),
            pass.workers)
    }

    func backward(_ x: Matrix, _ y: Matrix, _ dy: Matrix, into dx: InputGradient?, _ pass: Pass) {
        guard let dx else { return }
        let read = x.positions(of: input)
        gemm(
            .plain(dy.positions(of: output)), .plain(principal.components.value.matrix), into: dx.dx.positions(of: input),
            pass.workers, then: dx.isMasked ? .mask(read) : .none)
    }
}

/// A convolution over the components that a ``ProjectionLayer`` makes.
struct PrincipalConvolutionLayer: ConvolutionLayer {
    let principal: PrincipalInput
    /// Over the components.
    let convolution: DenseConvolutionLayer
    private let centred: CentredBias
    var name: String { convolution.name }
    var stored: any ConvolutionLayer { convolution }
    /// Of the convolution over channels.
    var bias: Parameter? {
        centred.update(convolution.weight.value.matrix)
        return centred.effective
    }
    var hasReLU: Bool { convolution.hasReLU }
    var input: Shape { convolution.input }
    var output: Shape { convolution.output }
    /// O, k, k and the channels before the projection.
    var kernelShape: [Int] { convolution.kernelShape.dropLast() + [principal.inputs] }

    /// - Parameter convolution: with a bias.
    init(_ principal: PrincipalInput, _ convolution: DenseConvolutionLayer) {
        guard let bias = convolution.bias else { preconditionFailure("a convolution of components has a bias") }
        (self.principal, self.convolution) = (principal, convolution)
        centred = CentredBias(principal, bias)
    }

    func workspace(batch: Int) -> WorkspaceNeed { convolution.workspace(batch: batch) }

    func forward(_ x: Matrix, into y: Matrix, _ pass: Pass) {
        centred.update(convolution.weight.value.matrix)
        convolution.products.forward(
            x, convolution.weight.value.matrix, into: y, bias: centred.effective, hasReLU: hasReLU, pass.workspace)
    }

    func backward(_ x: Matrix, _ y: Matrix, _ dy: Matrix, into dx: InputGradient?, _ pass: Pass) {
        convolution.backward(x, y, dy, into: dx, pass)
        centred.addGradient(to: convolution.weight.gradient.matrix)
    }

    /// Each tap's weights, back from components to channels.
    func expand(_ outputs: Range<Int>, into weights: Matrix) {
        centred.update(convolution.weight.value.matrix)
        let stored = convolution.weight.value.matrix[rows: outputs], (d, n) = (principal.dimensions, principal.inputs)
        for row in 0..<outputs.count {
            for tap in 0..<stored.columns / d {
                let from = Matrix(base: stored.row(row) + tap * d, rows: 1, columns: d, stride: d)
                let to = Matrix(base: weights.row(row) + tap * n, rows: 1, columns: n, stride: n)
                gemm(.plain(from), .plain(principal.components.value.matrix), into: to, Workers(threads: 1))
            }
        }
    }
}
