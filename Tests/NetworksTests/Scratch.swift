import Tensors

/// Memory for the views of tests. It is never freed.
enum Scratch {
    static func floats(_ count: Int) -> UnsafeMutablePointer<Float> {
        Unmanaged.passRetained(Tensor(count)).takeUnretainedValue().base
    }

    static func panels(_ depth: Int, _ columns: Int) -> Panels {
        Panels(base: floats(Panels.floats(depth, columns)), depth: depth, columns: columns)
    }

    /// Uniform random values in [-1, 1), with `margin` columns of `filler` after each row.
    static func matrix(_ rows: Int, _ columns: Int, _ purpose: String, margin: Int = 0, filler: Float = 0) -> Matrix {
        let stride = columns + margin
        let matrix = Matrix(base: floats(rows * stride), rows: rows, columns: columns, stride: stride)
        let stream = RandomStream(seed: 1, purpose: purpose)
        for row in 0..<rows {
            for column in 0..<stride {
                matrix.row(row)[column] = column < columns ? stream.uniform(row * columns + column, in: -1..<1) : filler
            }
        }
        return matrix
    }

    static func ones(_ rows: Int) -> Matrix {
        let matrix = Matrix(base: floats(rows), rows: rows, columns: 1, stride: 1)
        matrix.base.update(repeating: 1, count: rows)
        return matrix
    }
}
