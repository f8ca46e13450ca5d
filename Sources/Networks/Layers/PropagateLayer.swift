import Specs
import Tensors

/// Each node's vector becomes a weighted sum of its neighbours' and its own: y = Â·x, the nodes of a graph in the rows of a batch
/// (Kipf and Welling 2017). Before a linear map it makes a graph convolution, Â·x·W + b. Â is symmetric, so dx = Â·dy.
struct PropagateLayer: Layer {
    let input: Shape
    let adjacency: SparseMatrix
    let hasReLU = false
    var output: Shape { input }

    func forward(_ x: Matrix, into y: Matrix, _ pass: Pass) { adjacency.multiply(x, into: y, pass.workers) }

    func backward(_ x: Matrix, _ y: Matrix, _ dy: Matrix, into dx: InputGradient?, _ pass: Pass) {
        guard let dx else { return }
        adjacency.multiply(dy, into: dx.dx, pass.workers)
        dx.mask(by: x, pass.workers)
    }
}
