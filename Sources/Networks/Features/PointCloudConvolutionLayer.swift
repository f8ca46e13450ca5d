import Specs
import Tensors

/// A convolution whose weights over the channels are computed from distances, for each tap (§6.4): W[o, (t, c)] = F(z(b_o, a_{t, c})),
/// with n = k·k·C in F, and a as `TapCloud` says.
///
/// The layer stores no W between passes. While it runs, its whole W, and then its dW, is in the scratch memory that all layers share:
/// the batch's patches are multiplied by it many times, and it is small beside their activations.
struct PointCloudConvolutionLayer: ConvolutionLayer {
    let name: String
    let products: ConvolutionProducts
    let inputCloud: TapCloud
    /// b (O, d)
    let outputCloud: Parameter
    let bias: Parameter?
    let kernel: WeightKernel
    let hasReLU = true
    var input: Shape { products.input }
    var output: Shape { products.output }
    var amplitude: Float? { kernel.amplitude }
    var kernelShape: [Int] { [output.channels, products.kernel, products.kernel, input.channels] }
    private var patch: Int { products.patch }
    private var d: Int { inputCloud.d }

    func workspace(batch: Int) -> WorkspaceNeed {
        let need = products.workspace(batch: batch)
        let clouds = 2 * ScratchCursor.floats(patch, d), weights = ScratchCursor.floats(output.channels, patch)
        let rest = max(need.shared, CloudGradients.partials(inputs: patch, outputs: output.channels, d: d))
        return WorkspaceNeed(perThread: max(need.perThread, CloudGradients.scratch(d: d)), shared: clouds + weights + rest)
    }

    func forward(_ x: Matrix, into y: Matrix, _ pass: Pass) {
        var shared = pass.workspace.shared
        let a = shared.take(patch, d), w = shared.take(output.channels, patch)
        inputCloud.write(into: a)
        writeWeights(a, into: w, pass.workspace)
        products.forward(x, w, into: y, bias: bias, hasReLU: hasReLU, pass.workspace)
    }

    /// dW as in a dense convolution; with the slopes S of F at W, G = dW ⊙ S gives both clouds' gradients as in `PointCloudLayer`.
    func backward(_ x: Matrix, _ y: Matrix, _ dy: Matrix, into dx: InputGradient?, _ pass: Pass) {
        let workspace = pass.workspace
        if let bias { products.biasGradient(dy, into: bias.gradient.base, workspace) }
        var shared = workspace.shared
        let a = shared.take(patch, d), da = shared.take(patch, d), w = shared.take(output.channels, patch)
        inputCloud.write(into: a)
        products.weightGradient(x, dy, into: w, workspace, shared)
        addGradient(of: w, a, da, workspace, partials: shared)
        guard let dx else { return }
        writeWeights(a, into: w, workspace)
        products.inputGradient(x, dy, w, into: dx, workspace, shared)
    }

    func expand(_ outputs: Range<Int>, into weights: Matrix) {
        let a = Tensor(patch, d)
        inputCloud.write(into: a.matrix)
        kernel.expand(a.matrix, outputCloud.value.matrix[rows: outputs], into: weights)
        withExtendedLifetime(a) {}
    }

    private func writeWeights(_ a: Matrix, into w: Matrix, _ workspace: Workspace) {
        let b = outputCloud.value.matrix, tiles = Tiling(a.rows, by: CloudGradients.columns)
        let depths = Tiling(b.rows, by: PointCloudLayer.tileDepth)
        workspace.workers.forEach(tiles.count * depths.count) { task, threadIndex in
            let (columns, rows) = (tiles[task / depths.count], depths[task % depths.count])
            var scratch = workspace.scratch(threadIndex)
            let positions = scratch.panels(d, columns.count), weights = scratch.panels(rows.count, columns.count)
            positions.pack(a[rows: columns].transposed)
            kernel.weights(b[rows: rows], positions, into: weights)
            weights.unpack(into: w[rows, columns])
        }
    }

    /// Adds the share of dW (O, k·k·C) to the clouds' gradients; `da` is memory for the gradient of a.
    private func addGradient(of dw: Matrix, _ a: Matrix, _ da: Matrix, _ workspace: Workspace, partials: ScratchCursor) {
        let gradients = CloudGradients(a, outputCloud.value.matrix, kernel, partials: partials)
        workspace.workers.forEach(gradients.tasks) { task, threadIndex in
            gradients.run(task, workspace.scratch(threadIndex)) { g, slopes, rows, columns in
                g.pack(dw[rows, columns])
                if let slopes { g.multiply(by: slopes) }
            }
        }
        da.clear()
        gradients.reduce(into: da, outputCloud.gradient.matrix, workspace.workers)
        inputCloud.addGradient(da)
    }
}
