import Specs
import Tensors

/// Adaptive average pooling to `side` × `side`, put out as one vector: the window of output row i is ⌊i·H/side⌋ ..< ⌈(i + 1)·H/side⌉.
struct AveragePoolLayer: Layer {
    let input: Shape
    let side: Int
    let hasReLU = false
    var output: Shape { .vector(side * side * input.channels) }

    func forward(_ x: Matrix, into y: Matrix, _ pass: Pass) {
        pass.workers.forEach(x.rows) { image, _ in
            y.row(image).update(repeating: 0, count: output.count)
            forEachPair { from, to, share in
                for c in 0..<input.channels { y.row(image)[to + c] += x.row(image)[from + c] * share }
            }
        }
    }

    func backward(_ x: Matrix, _ y: Matrix, _ dy: Matrix, into dx: InputGradient?, _ pass: Pass) {
        guard let dx else { return }
        pass.workers.forEach(x.rows) { image, _ in
            dx.dx.row(image).update(repeating: 0, count: input.count)
            forEachPair { from, to, share in
                for c in 0..<input.channels { dx.dx.row(image)[from + c] += dy.row(image)[to + c] * share }
            }
        }
        dx.mask(by: x, pass.workers)
    }

    /// Every input position beside every output position whose window it is in: where their channels begin, and its share.
    private func forEachPair(_ body: (_ from: Int, _ to: Int, _ share: Float) -> Void) {
        func window(_ i: Int, _ size: Int) -> Range<Int> { i * size / side..<((i + 1) * size + side - 1) / side }
        for oy in 0..<side {
            for ox in 0..<side {
                let (rows, columns) = (window(oy, input.height), window(ox, input.width))
                let share = 1 / Float(rows.count * columns.count)
                for iy in rows {
                    for ix in columns {
                        body((iy * input.width + ix) * input.channels, (oy * side + ox) * input.channels, share)
                    }
                }
            }
        }
    }
}
