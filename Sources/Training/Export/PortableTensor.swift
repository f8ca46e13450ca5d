import Networks
import Tensors

/// A float32 tensor with PyTorch's name and layout. Its rows are computed in tiles while it is written.
public struct PortableTensor: Sendable {
    let name: String
    let shape: [Int]
    /// Writes some rows of the tensor as a matrix of its first side by all the others.
    private let write: @Sendable (Range<Int>, Matrix) -> Void

    /// A parameter as it is stored.
    init(_ name: String, _ parameter: Parameter) {
        (self.name, shape) = (name, parameter.value.shape)
        write = { rows, target in
            let source = parameter.value.matrix[rows: rows]
            for row in 0..<rows.count { target.row(row).update(from: source.row(row), count: source.columns) }
        }
    }

    /// A convolution's whole weights (O, ky, kx, C), as PyTorch has them, (O, C, ky, kx).
    init(_ name: String, kernelsOf layer: any ConvolutionLayer) {
        let sides = layer.kernelShape
        self.init(name: name, shape: [sides[0], sides[3], sides[1], sides[2]], write: layer.expand)
        self = reordered(columns: Flattening(positions: sides[1] * sides[2], channels: sides[3]))
    }

    /// A layer's whole W, (m, n) as `torch.nn.Linear` has it.
    init(_ name: String, weightOf layer: any LinearLayer) {
        (self.name, shape) = (name, [layer.outputs, layer.inputs])
        write = layer.expand
    }

    private init(name: String, shape: [Int], write: @escaping @Sendable (Range<Int>, Matrix) -> Void) {
        (self.name, self.shape, self.write) = (name, shape, write)
    }

    /// The same under another name.
    func named(_ name: String) -> PortableTensor { PortableTensor(name: name, shape: shape, write: write) }

    /// The same with its columns in PyTorch's order.
    func reordered(columns flattening: Flattening) -> PortableTensor {
        PortableTensor(name: name, shape: shape) { [write] rows, target in
            write(rows, target)
            var row = [Float](repeating: 0, count: target.columns)
            for index in 0..<target.rows {
                for column in row.indices { row[column] = target.row(index)[flattening.stored(column)] }
                target.row(index).update(from: row, count: row.count)
            }
        }
    }

    /// The same with its rows in PyTorch's order.
    func reordered(rows flattening: Flattening) -> PortableTensor {
        PortableTensor(name: name, shape: shape) { [write] rows, target in
            for (index, row) in rows.enumerated() {
                let stored = flattening.stored(row)
                write(stored..<stored + 1, target[rows: index..<index + 1])
            }
        }
    }

    var count: Int { shape.reduce(1, *) }
    var byteCount: Int { count * MemoryLayout<Float>.size }

    /// Calls `body` with the elements' bytes in row-major order, little-endian, a tile of whole rows at a time.
    /// - Parameter floats: of a tile; 4 MB.
    func forEachTile(of floats: Int = 1 << 20, _ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        let rows = shape.first ?? 1, columns = count / max(1, rows)
        let tiles = Tiling(rows, by: max(1, floats / max(1, columns)))
        let memory = Tensor(min(rows, tiles.size) * columns)
        for index in 0..<tiles.count {
            let part = tiles[index]
            write(part, Matrix(base: memory.base, rows: part.count, columns: columns, stride: columns))
            // Every machine that Swift runs on here is little-endian.
            try body(UnsafeRawBufferPointer(start: memory.base, count: part.count * columns * MemoryLayout<Float>.size))
        }
        withExtendedLifetime(memory) {}
    }
}

/// The order of positions and channels: channels are contiguous here, positions in PyTorch.
struct Flattening: Sendable {
    let positions: Int
    let channels: Int

    /// The place here of PyTorch's element `index`.
    func stored(_ index: Int) -> Int { index % positions * channels + index / positions }
}
