import Specs
import Tensors

/// Each vector to mean 0 and variance 1, then ReLU, without parameters (layer normalisation, Ba, Kiros and Hinton 2016):
///
///     h = (x − mean(x)) / √(variance(x) + 10⁻⁵),   y = ReLU(h)
///     dx = (dh − mean(dh) − h · mean(dh ⊙ h)) / √(variance(x) + 10⁻⁵)
///
/// Training and evaluation compute the same, and a vector never depends on the others of its batch.
struct NormaliseLayer: Layer {
    let input: Shape
    let hasReLU = true
    var output: Shape { input }

    func forward(_ x: Matrix, into y: Matrix, _ pass: Pass) {
        let parts = Tiling(x.rows, by: 16)
        pass.workers.forEach(parts.count) { part, _ in x[rows: parts[part]].normalise(into: y[rows: parts[part]]) }
    }

    func backward(_ x: Matrix, _ y: Matrix, _ dy: Matrix, into dx: InputGradient?, _ pass: Pass) {
        guard let dx else { return }
        let parts = Tiling(x.rows, by: 16)
        pass.workers.forEach(parts.count) { part, _ in
            let rows = parts[part]
            x[rows: rows].normaliseBackward(dy[rows: rows], into: dx.dx[rows: rows])
        }
        dx.mask(by: x, pass.workers)
    }
}
