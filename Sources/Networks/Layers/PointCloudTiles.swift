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
        columns = Tiling(layer.outputs, by: taskSize(layer.outputs, atLeast: 256))
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
        rows = Tiling(layer.inputs, by: taskSize(layer.inputs, atLeast: 64))
        columns = Tiling(layer.outputs, by: 512)
        stride = wholeBlocks(min(layer.outputs, columns.size))
    }

    /// Floats that a task takes: a packed cloud (or that cloud beside ones), weights, slopes, their gradient, and two (rows, d + 1).
    func scratch(_ d: Int) -> Int {
        ScratchCursor.floats(d + 1, stride) + 3 * ScratchCursor.floats(rows.size, stride)
            + 2 * ScratchCursor.floats(rows.size, d + 1)
    }
}

/// Neurons that a task owns: as many as leave four tasks, so that threads share them evenly, in whole blocks. The wider a
/// task, the less often sgemm packs the other factor; past 512 that gains nothing.
private func taskSize(_ neurons: Int, atLeast smallest: Int) -> Int { min(512, max(smallest, wholeBlocks((neurons + 3) / 4))) }

private func wholeBlocks(_ count: Int) -> Int { (count + PackedCloud.block - 1) / PackedCloud.block * PackedCloud.block }
