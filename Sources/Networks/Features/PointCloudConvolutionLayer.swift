import Tensors

/// A convolution whose weights over the channels come from distances, tap by tap (§6.4): W[o, (t, c)] = F(z(b_o, a_{t, c})), with
/// n = k·k·C in F, and a as `TapCloud` says.
///
/// The layer keeps no W. One layer's whole W, and after it dW, lies in the memory that all layers share while that layer is at
/// work: the batch's patches pass over it many times, and next to their activations it is small.
struct PointCloudConvolutionLayer: ConvolutionLayer {
    let name: String
    let convolution: Convolution
    let inputCloud: TapCloud
    /// b (O, d)
    let outputCloud: Parameter
    let ownBias: Parameter
    let wave: WaveKernel
    let distance: DistanceKind
    let hasReLU = true
    var input: Shape { convolution.input }
    var output: Shape { convolution.output }
    var bias: Parameter? { ownBias }
    var kernelShape: [Int] { [output.channels, convolution.kernel, convolution.kernel, input.channels] }
    private var patch: Int { convolution.patch }
    private var d: Int { inputCloud.d }
    private var tasks: BackwardTasks { BackwardTasks(inputs: patch) }

    func workspace(batch: Int) -> WorkspaceNeed {
        let products = convolution.workspace(batch: batch)
        let clouds = 2 * ScratchCursor.floats(patch, d), weights = ScratchCursor.floats(output.channels, patch)
        let rest = max(products.shared, tasks.floats(outputs: output.channels, d: d))
        return WorkspaceNeed(perThread: max(products.perThread, CloudTile.floats(d: d)), shared: clouds + weights + rest)
            .union(WorkspaceNeed(shared: InputGradient.scratch(batch: batch, channels: input.channels)))
    }

    func forward(_ x: Matrix, into y: Matrix, _ pass: Pass) {
        var shared = pass.workspace.shared
        let a = shared.take(patch, d), w = shared.take(output.channels, patch)
        inputCloud.write(into: a)
        writeWeights(a, into: w, pass.workspace)
        convolution.forward(x, w, into: y, bias: ownBias, hasReLU: hasReLU, pass.workspace)
    }

    /// dW as a dense convolution's; with the slopes S of F at W, G = dW ⊙ S moves both clouds as in `PointCloudLayer`.
    func backward(_ x: Matrix, _ y: Matrix, _ dy: Matrix, into dx: InputGradient?, _ pass: Pass) {
        let workspace = pass.workspace
        var shared = workspace.shared
        let a = shared.take(patch, d), da = shared.take(patch, d), w = shared.take(output.channels, patch)
        inputCloud.write(into: a)
        convolution.weightGradient(x, dy, into: w, workspace, shared)
        addGradient(of: w, a, da, workspace, partials: shared)
        guard let dx else { return }
        writeWeights(a, into: w, workspace)
        convolution.inputGradient(dy, w, into: dx.dx, workspace, shared)
        dx.finish(workspace)
    }

    func expand(_ outputs: Range<Int>, into weights: Matrix) {
        let a = Tensor(patch, d)
        inputCloud.write(into: a.matrix)
        expandPointCloud(a.matrix, outputCloud.value.matrix[rows: outputs], wave, into: weights)
        withExtendedLifetime(a) {}
    }

    private func writeWeights(_ a: Matrix, into w: Matrix, _ workspace: Workspace) {
        let tiles = tasks.tiles, depths = Tiling(output.channels, by: TileSize.depth)
        workspace.workers.forEach(tiles.count) { index, slot in
            let columns = tiles[index], tile = CloudTile(workspace.scratch(slot), a[rows: columns])
            for part in 0..<depths.count {
                let rows = depths[part], weights = tile.panels(rows.count).w
                wave.weights(outputCloud.value.matrix[rows: rows], tile.positions, into: weights)
                weights.unpack(into: w[rows, columns])
            }
        }
    }

    /// Adds to the clouds' gradients what dW (O, k·k·C) comes to for them; `da` is room for that of a.
    private func addGradient(of dw: Matrix, _ a: Matrix, _ da: Matrix, _ workspace: Workspace, partials: ScratchCursor) {
        let tasks = tasks, depths = Tiling(output.channels, by: TileSize.depth)
        workspace.workers.forEach(tasks.count) { task, slot in
            let db = CloudSums(shared: partials, task, output.channels, d)
            db.clear()
            for index in tasks[task] {
                let columns = tasks.tiles[index], tile = CloudTile(workspace.scratch(slot), a[rows: columns])
                for part in 0..<depths.count {
                    let rows = depths[part], (w, s, g) = tile.panels(rows.count), b = outputCloud.value.matrix[rows: rows]
                    wave.weights(b, tile.positions, into: w, slopes: s)
                    g.pack(dw[rows, columns])
                    g.multiply(by: s)
                    tile.addSums(of: g, b, to: db[rows])
                }
                da[rows: columns].clear()
                tile.sums.add(to: da[rows: columns], of: a[rows: columns], distance)
            }
        }
        tasks.addPartials(partials, to: outputCloud, distance, workspace.workers)
        inputCloud.addGradient(da)
    }
}
