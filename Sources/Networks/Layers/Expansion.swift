import Tensors

// What each layer's W is when it is written out, (m, n) as PyTorch stores it, to the bit what the passes multiply by.

extension DenseLayer {
    func expand(_ outputs: Range<Int>, into weight: Matrix) {
        for (row, output) in outputs.enumerated() {
            weight.row(row).update(from: self.weight.value.matrix.row(output), count: inputs)
        }
    }
}

extension PointCloudLayer {
    /// Wᵀ[K, J] as the backward pass makes it: F(z(b_k, a_j)), which is F(z(a_j, b_k)) to the bit.
    func expand(_ outputs: Range<Int>, into weight: Matrix) {
        expandPointCloud(inputCloud.value.matrix, outputCloud.value.matrix[rows: outputs], wave, into: weight)
    }
}

/// w (m, n) = F(z(b_k, a_j)) for a (n, d) and b (m, d).
func expandPointCloud(_ a: Matrix, _ b: Matrix, _ wave: WaveKernel, into w: Matrix) {
    inTiles(a.rows, depth: a.columns) { columns, positions in
        positions.pack(a[rows: columns].transposed)
        let panels = Tensor(Panels.floats(b.rows, columns.count))
        let tile = Panels(base: panels.base, depth: b.rows, columns: columns.count)
        wave.weights(b, positions, into: tile)
        tile.unpack(into: w[columns: columns])
        withExtendedLifetime(panels) {}
    }
}

extension LowRankLayer {
    /// Wᵀ = V·Uᵀ. The passes multiply by U and by V, so their sums round otherwise than sums over this product do.
    func expand(_ outputs: Range<Int>, into weight: Matrix) {
        inTiles(inputs, depth: u.value.shape[1]) { columns, factor in
            factor.pack(u.value.matrix[rows: columns].transposed)
            multiply(RowFactor(v.value.matrix[rows: outputs]), factor, into: weight[columns: columns])
        }
    }
}

/// Calls `body` with each tile of columns, and room for a column factor (depth, columns of the tile).
private func inTiles(_ columns: Int, depth: Int, _ body: (Range<Int>, Panels) -> Void) {
    let tiles = Tiling(columns, by: TileSize.columns)
    let memory = Tensor(Panels.floats(depth, TileSize.columns))
    for index in 0..<tiles.count {
        body(tiles[index], Panels(base: memory.base, depth: depth, columns: tiles[index].count))
    }
    withExtendedLifetime(memory) {}
}
