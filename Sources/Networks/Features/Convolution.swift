import Tensors

/// The three products of a convolution, y[o, p] = b[o] + Σ_{ky, kx, c} w[o, ky, kx, c] · x[c, s·p + k − padding], for weights
/// (O, k·k·C) wherever they come from.
///
/// All are products of matrices in which each output position's patch of the input is a row; the patches are written out in
/// cache-sized parts as they are needed. Weights are (O, ky, kx, C), so that a patch's floats and a position's channels follow
/// each other in memory.
struct Convolution: Sendable {
    let input: Shape
    let output: Shape
    let kernel: Int
    let stride: Int
    let padding: Int
    /// Floats of a patch: k·k·C, what a weight's fan-in is.
    var patch: Int { kernel * kernel * input.channels }

    init(_ input: Shape, channels: Int, kernel: Int, stride: Int = 1, padding: Int = 0) {
        (self.input, self.kernel, self.stride, self.padding) = (input, kernel, stride, padding)
        let side = { (size: Int) in (size + 2 * padding - kernel) / stride + 1 }
        output = Shape(side(input.height), side(input.width), channels)
    }

    func workspace(batch: Int) -> WorkspaceNeed {
        let positions = batch * output.height * output.width
        let classes = stride == 1 ? 0 : classes.map { batch * $0.height * $0.width * input.channels }.max() ?? 0
        return WorkspaceNeed(
            perThread: Product.scratchOfPatches,
            shared: max(RowFactor.floats(rows: output.channels, depth: positions), ScratchCursor.floats(1, classes)))
    }

    func forward(_ x: Matrix, _ weights: Matrix, into y: Matrix, bias: Parameter, hasReLU: Bool, _ workspace: Workspace) {
        multiplyInTiles(
            workspace,
            Product(
                rows(x), .transposed(weights.transposed), into: positions(y, output), from: bias.start,
                then: hasReLU ? .relu : .sums))
    }

    /// dw (O, k·k·C) = dyᵀ (O, B·P) · patches(x) (B·P, k·k·C)
    func weightGradient(_ x: Matrix, _ dy: Matrix, into dw: Matrix, _ workspace: Workspace, _ shared: ScratchCursor) {
        var shared = shared
        let dyT = packTransposed(positions(dy, output), in: &shared, workspace.workers)
        multiplyInTiles(workspace, Product(.transposed(dyT), columns(x), into: dw))
    }

    /// dx as `ConvolutionClass` says.
    func inputGradient(_ dy: Matrix, _ weights: Matrix, into dx: Matrix, _ workspace: Workspace, _ shared: ScratchCursor) {
        for part in classes {
            let patches = ProductRows.patches(part.patches(dy, self)), columns = part.columns(of: weights, self)
            if stride == 1 {
                multiplyInTiles(workspace, Product(patches, columns, into: positions(dx, input)))
            } else {
                var shared = shared
                let result = shared.take(dy.rows * part.height * part.width, input.channels)
                if part.isReached { multiplyInTiles(workspace, Product(patches, columns, into: result)) }
                workspace.workers.forEach(dy.rows) { image, _ in part.scatter(result, image, into: dx, self) }
            }
        }
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

    /// (B · positions, channels)
    private func positions(_ images: Matrix, _ shape: Shape) -> Matrix {
        let positions = shape.height * shape.width
        precondition(positions == 1 || images.stride == images.columns, "images follow each other")
        return Matrix(
            base: images.base, rows: images.rows * positions, columns: shape.channels,
            stride: positions == 1 ? images.stride : shape.channels)
    }
}
