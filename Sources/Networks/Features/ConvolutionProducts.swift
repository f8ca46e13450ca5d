import Specs
import Tensors

/// The three products of a convolution, y[o, p] = b[o] + Σ_{ky, kx, c} w[o, ky, kx, c] · x[c, s·p + k − padding], for weights
/// (O, k·k·C) that are stored or computed.
///
/// All are products of matrices by im2col: each output position's patch of the input is a row. Weights are (O, ky, kx, C), so that a
/// patch's floats and a position's channels are contiguous.
struct ConvolutionProducts: Sendable {
    let input: Shape
    let output: Shape
    let kernel: Int
    let stride: Int
    let padding: Int
    /// Floats of a patch: k·k·C, the fan-in of a weight.
    var patch: Int { kernel * kernel * input.channels }

    init(_ input: Shape, channels: Int, kernel: Int, stride: Int = 1, padding: Int = 0) {
        (self.input, self.kernel, self.stride, self.padding) = (input, kernel, stride, padding)
        output = input.after(kernel: kernel, stride: stride, padding: padding, channels: channels)
    }

    /// Scratch memory: each thread's patches, and, one after the other, the parts of the weights' gradient, the weights of a phase with
    /// its result, and the parts of the bias's gradient.
    func workspace(batch: Int) -> WorkspaceNeed {
        let positions = batch * output.height * output.width
        let partials = PatchColumnsGemm.scratch(output.channels, patch, positions: positions)
        let phases = self.phases.map { phase in
            ScratchCursor.floats(phase.taps * output.channels, input.channels)
                + (stride == 1 ? 0 : ScratchCursor.floats(batch * phase.positions, input.channels))
        }
        let sums = Matrix.sumScratch(rows: positions, columns: output.channels)
        return WorkspaceNeed(perThread: PatchGemm.scratch, shared: max(partials, sums, phases.max() ?? 0) + 16)
    }

    func forward(_ x: Matrix, _ weights: Matrix, into y: Matrix, bias: Parameter, hasReLU: Bool, _ workspace: Workspace) {
        multiply(
            PatchRowsGemm(
                patches(x), .transposed(weights), into: positions(y, output), initial: bias.initialValue,
                then: hasReLU ? .relu : .none), workspace)
    }

    /// dw (O, k·k·C) = dyᵀ (O, B·P) · patches(x) (B·P, k·k·C)
    func weightGradient(_ x: Matrix, _ dy: Matrix, into dw: Matrix, _ workspace: Workspace, _ shared: ScratchCursor) {
        var shared = shared
        let rows = positions(dy, output)
        let partials = shared.take(PatchColumnsGemm.scratch(output.channels, patch, positions: rows.rows))
        let product = PatchColumnsGemm(rows, patches(x), into: dw, partials: partials)
        workspace.workers.forEach(product.tasks) { task, threadIndex in
            var scratch = workspace.scratch(threadIndex)
            product.run(task, scratch.take(PatchGemm.scratch))
        }
        product.reduce(workspace.workers)
    }

    /// db (O) = Σ dy over images and positions.
    func biasGradient(_ dy: Matrix, into db: UnsafeMutablePointer<Float>, _ workspace: Workspace) {
        positions(dy, output).columnSums(into: db, in: workspace)
    }

    /// dx, phase by phase as `StridePhase` says.
    func inputGradient(
        _ x: Matrix, _ dy: Matrix, _ weights: Matrix, into dx: InputGradient, _ workspace: Workspace, _ shared: ScratchCursor
    ) {
        for phase in phases {
            var shared = shared
            let w = shared.take(phase.taps * output.channels, input.channels)
            phase.writeWeights(weights, into: w, self, workspace.workers)
            let patches = phase.patches(dy, self)
            if stride == 1 {
                let result = positions(dx.dx, input)
                let mask = dx.isMasked ? Epilogue.mask(positions(x, input)) : .none
                multiply(PatchRowsGemm(patches, .plain(w), into: result, then: mask), workspace)
            } else {
                let result = shared.take(dy.rows * phase.positions, input.channels)
                if phase.isReached { multiply(PatchRowsGemm(patches, .plain(w), into: result), workspace) }
                workspace.workers.forEach(dy.rows) { image, _ in phase.scatter(result, image, into: dx.dx, self) }
            }
        }
        if stride > 1 { dx.mask(by: x, workspace.workers) }
    }

    private func multiply(_ product: PatchRowsGemm, _ workspace: Workspace) {
        workspace.workers.forEach(product.tasks) { task, threadIndex in
            var scratch = workspace.scratch(threadIndex)
            product.run(task, scratch.take(PatchGemm.scratch))
        }
    }

    /// The input's positions by their remainders modulo the stride: those of one phase are reached by the same part of the kernel.
    private var phases: [StridePhase] {
        (0..<min(stride, input.height)).flatMap { top in
            (0..<min(stride, input.width)).map { StridePhase(top: top, left: $0, self) }
        }
    }

    private func patches(_ x: Matrix) -> Patches {
        Patches(
            x, height: input.height, width: input.width, channels: input.channels, output: (output.height, output.width),
            stride: stride, kernel: (kernel, kernel), origin: (-padding, -padding))
    }

    /// (B · positions, channels)
    private func positions(_ images: Matrix, _ shape: Shape) -> Matrix {
        let positions = shape.height * shape.width
        precondition(positions == 1 || images.stride == images.columns, "images are contiguous")
        return Matrix(
            base: images.base, rows: images.rows * positions, columns: shape.channels,
            stride: positions == 1 ? images.stride : shape.channels)
    }
}
