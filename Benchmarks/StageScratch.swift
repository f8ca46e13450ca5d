import Networks
import Tensors

/// What a thread holds of one tile: views of memory that is large enough for any.
struct StageScratch: Sendable {
    private let batch: Int
    private let d: Int
    private let positions: Tensor
    private let tiles: [Tensor]
    private let batchMemory: Tensor
    private let inputMemory: Tensor
    private let outputMemory: Tensor
    private let others: Tensor
    private let columnTotals: Tensor

    /// - Parameter random: makes a tensor of so many floats.
    init(batch: Int, d: Int, _ random: (Int) -> Tensor) {
        (self.batch, self.d) = (batch, d)
        let columns = max(TileSize.columns, BackwardTasks.columns)
        positions = random(Panels.floats(d, columns))
        tiles = (0..<3).map { _ in random(Panels.floats(TileSize.depth, columns)) }
        batchMemory = random(Panels.floats(batch, BackwardTasks.columns))
        inputMemory = random(Panels.floats(BackwardTasks.columns, d))
        outputMemory = random(Panels.floats(TileSize.depth, d))
        others = random(BackwardTasks.columns * d)
        columnTotals = random(wholePanels(BackwardTasks.columns))
    }

    /// The tile's positions as a transpose, (d, columns).
    func positions(_ columns: Int) -> Panels { panels(positions, d, columns) }
    func weights(_ depth: Int, _ columns: Int) -> Panels { panels(tiles[0], depth, columns) }
    func slopes(_ depth: Int, _ columns: Int) -> Panels { panels(tiles[1], depth, columns) }
    func gradient(_ depth: Int, _ columns: Int) -> Panels { panels(tiles[2], depth, columns) }

    /// x[:, J] (B, J).
    func batchPanels(_ columns: Int) -> PanelBlocks {
        PanelBlocks(batchMemory.base, columns: columns, depths: Tiling(batch, by: TileSize.depth))
    }

    /// Positions of both clouds, (J, d) and (K, d).
    func inputPositions(_ count: Int) -> Panels { panels(inputMemory, count, d) }
    func outputPositions(_ count: Int) -> Panels { panels(outputMemory, count, d) }

    /// Σ G·other (J, d) and Σ G of the input neurons.
    var sums: Matrix { Matrix(base: others.base, rows: BackwardTasks.columns, columns: d, stride: d) }
    var totals: UnsafeMutablePointer<Float> { columnTotals.base }

    private func panels(_ tensor: Tensor, _ depth: Int, _ columns: Int) -> Panels {
        Panels(base: tensor.base, depth: depth, columns: columns)
    }
}
