import Tensors

/// How a point cloud layer's forward pass is cut: output columns × parts of the batch are tasks; each walks over the rows.
/// The sizes depend on the layer's shape alone, so that results do not depend on the number of threads.
struct ForwardTiles: Sendable {
    let rows: Tiling
    let columns: Tiling
    let batches: Tiling
    /// Row stride of a tile of weights: whole blocks.
    let stride: Int

    init(_ layer: PointCloudLayer, batch: Int) {
        rows = Tiling(layer.inputs, by: min(1024, layer.inputs))
        columns = Tiling(layer.outputs, by: 256)
        // A narrow layer (the head's ten columns) is shared out by batch, each part making its small tiles again.
        batches = Tiling(batch, by: max(128, batch * columns.count / 4))
        stride = wholeBlocks(min(layer.outputs, columns.size))
    }

    /// Floats that a task takes: a packed cloud and a tile of weights.
    func scratch(_ d: Int) -> Int { ScratchCursor.floats(d, stride) + ScratchCursor.floats(rows.size, stride) }
}

/// How the backward pass is cut: a task owns input rows and walks over the columns.
struct BackwardTiles: Sendable {
    let rows: Tiling
    let columns: Tiling
    let stride: Int

    init(_ layer: PointCloudLayer) {
        // At least four tasks where there are rows for it, of whole blocks, none above 512 rows.
        rows = Tiling(layer.inputs, by: min(512, max(64, wholeBlocks((layer.inputs + 3) / 4))))
        columns = Tiling(layer.outputs, by: 512)
        stride = wholeBlocks(min(layer.outputs, columns.size))
    }

    /// Floats that a task takes: a packed cloud (or that cloud beside ones), weights, slopes, their gradient, and two (rows, d + 1).
    func scratch(_ d: Int) -> Int {
        ScratchCursor.floats(d + 1, stride) + 3 * ScratchCursor.floats(rows.size, stride)
            + 2 * ScratchCursor.floats(rows.size, d + 1)
    }
}

private func wholeBlocks(_ count: Int) -> Int { (count + PackedCloud.block - 1) / PackedCloud.block * PackedCloud.block }
