import Tensors

/// A convolution with bias and, where asked, ReLU: y[o, p] = b[o] + Σ_{ky, kx, c} w[o, ky, kx, c] · x[c, s·p + k − padding].
///
/// All three products are products of matrices in which each output position's patch of the input is a row; the patches are
/// written out in cache-sized parts as they are needed. Weights are kept as (O, ky, kx, C), so that a patch's floats and a
/// position's channels follow each other in memory.
struct ConvolutionLayer: Layer {
    let input: Shape
    let output: Shape
    let weight: Parameter
    let ownBias: Parameter
    let kernel: Int
    let stride: Int
    let padding: Int
    let hasReLU: Bool
    var bias: Parameter? { ownBias }

    /// - Parameter name: such as `features.0`, of which the parameters are `features.0.weight` and `features.0.bias`.
    init(_ name: String, _ input: Shape, channels: Int, kernel: Int, stride: Int = 1, padding: Int = 0, hasReLU: Bool = true) {
        (self.input, self.kernel, self.stride, self.padding, self.hasReLU) = (input, kernel, stride, padding, hasReLU)
        let side = { (size: Int) in (size + 2 * padding - kernel) / stride + 1 }
        output = Shape(side(input.height), side(input.width), channels)
        weight = Parameter(name + ".weight", [channels, kernel, kernel, input.channels])
        ownBias = Parameter(name + ".bias", [channels])
    }

    func workspace(batch: Int) -> WorkspaceNeed {
        let positions = batch * output.height * output.width
        let classes = stride == 1 ? 0 : classes.map { batch * $0.height * $0.width * input.channels }.max() ?? 0
        return WorkspaceNeed(
            perThread: Product.scratchOfPatches,
            shared: max(
                RowFactor.floats(rows: output.channels, depth: positions), ScratchCursor.floats(1, classes),
                InputGradient.scratch(batch: batch, channels: input.channels)))
    }

    func forward(_ x: Matrix, into y: Matrix, _ pass: Pass) {
        multiplyInTiles(
            pass.workspace,
            Product(
                rows(x), .transposed(weightMatrix(weight.value).transposed), into: positions(y, output), from: ownBias.start,
                then: hasReLU ? .relu : .sums))
    }

    /// d_w (O, k·k·C) = dyᵀ (O, B·P) · patches(x) (B·P, k·k·C), and dx as `ConvolutionClass` says.
    func backward(_ x: Matrix, _ y: Matrix, _ dy: Matrix, into dx: InputGradient?, _ pass: Pass) {
        var shared = pass.workspace.shared
        let dyT = packTransposed(positions(dy, output), in: &shared, pass.workers)
        multiplyInTiles(pass.workspace, Product(.transposed(dyT), columns(x), into: weightMatrix(weight.gradient)))
        guard let dx else { return }
        for part in classes {
            if stride == 1 {
                multiplyInTiles(
                    pass.workspace, Product(.patches(part.patches(dy, self)), part.weights(self), into: positions(dx.dx, input)))
            } else {
                var shared = pass.workspace.shared
                let result = shared.take(dy.rows * part.height * part.width, input.channels)
                if part.isReached {
                    multiplyInTiles(pass.workspace, Product(.patches(part.patches(dy, self)), part.weights(self), into: result))
                }
                pass.workers.forEach(dy.rows) { image, _ in part.scatter(result, image, into: dx.dx, self) }
            }
        }
        dx.finish(pass.workspace)
    }

    /// The input's positions, apart by what they are modulo the stride: those of a class are reached by the same part of the kernel.
    private var classes: [ConvolutionClass] {
        (0..<min(stride, input.height)).flatMap { top in
            (0..<min(stride, input.width)).map { ConvolutionClass(top: top, left: $0, self) }
        }
    }

    private var isPointwise: Bool { kernel == 1 && stride == 1 && padding == 0 }

    private func patches(_ x: Matrix) -> Patches {
        Patches(
            x, height: input.height, width: input.width, channels: input.channels, output: (output.height, output.width),
            stride: stride, kernel: (kernel, kernel), origin: (-padding, -padding))
    }

    private func rows(_ x: Matrix) -> ProductRows { isPointwise ? .matrix(positions(x, input)) : .patches(patches(x)) }
    private func columns(_ x: Matrix) -> ProductColumns { isPointwise ? .matrix(positions(x, input)) : .patches(patches(x)) }

    /// (O, k·k·C)
    private func weightMatrix(_ tensor: Tensor) -> Matrix { tensor.matrix }

    /// (B · positions, channels)
    private func positions(_ images: Matrix, _ shape: Shape) -> Matrix {
        precondition(images.stride == images.columns, "images follow each other")
        return Matrix(
            base: images.base, rows: images.rows * shape.height * shape.width, columns: shape.channels, stride: shape.channels)
    }
}
