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
    /// Whether the gradient of the input is wanted: not the network's first layer's.
    private let hasInputGradient: Bool
    /// The input's positions by their remainders modulo the stride: those of one phase are reached by the same part of the kernel.
    private let phases: [StridePhase]
    /// Floats of a patch: k·k·C, the fan-in of a weight.
    var patch: Int { kernel * kernel * input.channels }

    init(_ input: Shape, channels: Int, kernel: Int, stride: Int = 1, padding: Int = 0, hasInputGradient: Bool = true) {
        (self.input, self.kernel, self.stride, self.padding) = (input, kernel, stride, padding)
        self.hasInputGradient = hasInputGradient
        output = input.after(kernel: kernel, stride: stride, padding: padding, channels: channels)
        phases = (0..<min(stride, input.height)).flatMap { top in
            (0..<min(stride, input.width)).map { left in
                StridePhase(top: top, left: left, input, kernel: kernel, stride: stride, padding: padding)
            }
        }
    }

    /// Scratch memory: each thread's patches, and, one after the other, the parts of the weights' gradient, the phases' weights and
    /// results, and the parts of the bias's gradient.
    func workspace(batch: Int) -> WorkspaceNeed {
        let positions = batch * output.height * output.width
        let partials = PatchColumnsGemm.scratch(output.channels, patch, positions: positions)
        let weights = ScratchCursor.floats(phases.reduce(0) { $0 + $1.taps } * output.channels, input.channels)
        let results = stride == 1 ? 0 : ScratchCursor.floats(batch * input.height * input.width, input.channels)
        let sums = Matrix.sumScratch(rows: positions, columns: output.channels)
        let gradient = hasInputGradient ? weights + results : 0
        return WorkspaceNeed(perThread: PatchGemm.scratch, shared: max(partials, sums, gradient) + 16)
    }

    func forward(_ x: Matrix, _ weights: Matrix, into y: Matrix, bias: Parameter?, hasReLU: Bool, _ workspace: Workspace) {
        let product = PatchRowsGemm(
            patches(x), .transposed(weights), into: y.positions(of: output), initial: bias?.initialValue ?? .zero,
            then: hasReLU ? .relu : .none)
        workspace.workers.forEach(product.tasks) { task, threadIndex in
            var scratch = workspace.scratch(threadIndex)
            product.run(task, scratch.take(PatchGemm.scratch))
        }
    }

    /// dw (O, k·k·C) = dyᵀ (O, B·P) · patches(x) (B·P, k·k·C)
    func weightGradient(_ x: Matrix, _ dy: Matrix, into dw: Matrix, _ workspace: Workspace, _ shared: ScratchCursor) {
        var shared = shared
        let rows = dy.positions(of: output)
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
        dy.positions(of: output).columnSums(into: db, in: workspace)
    }

    /// dx as `StridePhase` says: the weights of all phases, the products of all phases, and their places in dx.
    func inputGradient(
        _ x: Matrix, _ dy: Matrix, _ weights: Matrix, into dx: InputGradient, _ workspace: Workspace, _ shared: ScratchCursor
    ) {
        let workers = workspace.workers
        var shared = shared
        let w = shared.take(phases.reduce(0) { $0 + $1.taps } * output.channels, input.channels)
        let results = stride == 1 ? dx.dx.positions(of: input) : shared.take(dy.rows * input.height * input.width, input.channels)
        let mask = stride == 1 && dx.isMasked ? Epilogue.mask(x.positions(of: input)) : .none
        forEachPhase { phase, taps, _ in
            phase.writeWeights(
                weights, into: w[rows: taps * output.channels..<(taps + phase.taps) * output.channels], self, workers)
        }
        var tasks = 0
        forEachPhase { phase, taps, positions in
            if phase.isReached { tasks += product(phase, taps, positions, dy, w, results, mask).tasks }
        }
        workers.forEach(tasks) { task, threadIndex in
            var scratch = workspace.scratch(threadIndex), first = 0
            let memory = scratch.take(PatchGemm.scratch)
            forEachPhase { phase, taps, positions in
                guard phase.isReached, first <= task else { return }
                let product = product(phase, taps, positions, dy, w, results, mask)
                if task < first + product.tasks { product.run(task - first, memory) }
                first += product.tasks
            }
        }
        guard stride > 1 else { return }
        workers.forEach(dy.rows) { image, _ in
            forEachPhase { phase, _, positions in
                let rows = positions * dy.rows..<(positions + phase.positions) * dy.rows
                phase.scatter(results[rows: rows], image, into: dx.dx, self)
            }
            if dx.isMasked {
                Epilogue.mask(x).apply(to: dx.dx[rows: image..<image + 1], rows: image..<image + 1, columns: 0..<x.columns)
            }
        }
    }

    /// The product of a phase: its rows of the results (positions · B, C).
    private func product(
        _ phase: StridePhase, _ taps: Int, _ positions: Int, _ dy: Matrix, _ w: Matrix, _ results: Matrix, _ mask: Epilogue
    ) -> PatchRowsGemm {
        PatchRowsGemm(
            phase.patches(dy, self), .plain(w[rows: taps * output.channels..<(taps + phase.taps) * output.channels]),
            into: results[rows: positions * dy.rows..<(positions + phase.positions) * dy.rows], then: mask)
    }

    /// Calls `body` with each phase and the taps and positions of the phases before it.
    private func forEachPhase(_ body: (_ phase: StridePhase, _ taps: Int, _ positions: Int) -> Void) {
        var (taps, positions) = (0, 0)
        for phase in phases {
            body(phase, taps, positions)
            (taps, positions) = (taps + phase.taps, positions + phase.positions)
        }
    }

    private func patches(_ x: Matrix) -> Patches {
        Patches(
            x, height: input.height, width: input.width, channels: input.channels, output: (output.height, output.width),
            stride: stride, kernel: (kernel, kernel), origin: (-padding, -padding))
    }
}
