import Specs
import Tensors

/// A sum of chains of layers over one input, with the input itself where `hasIdentity`: y = x + Σ branch(x), then ReLU where `hasReLU`.
/// A residual block (He, Zhang, Ren and Sun 2016) has one chain beside the identity, or beside a chain that is its projection.
///
/// The last layer of each chain is without ReLU, and must not need its output in its backward pass, to which other branches are added.
struct ResidualLayer: Layer {
    let branches: [[any Layer]]
    let hasIdentity: Bool
    let hasReLU: Bool
    /// The outputs of each branch's layers, but not of the first branch's last one, which is y.
    private let activations: [[Tensor]]
    var input: Shape { branches[0][0].input }
    var output: Shape { branches[0][branches[0].count - 1].output }
    var parts: [any Layer] { branches.flatMap(\.self) }

    /// - Parameter batch: the most images of a pass.
    init(_ branches: [[any Layer]], hasIdentity: Bool, hasReLU: Bool, batch: Int) {
        (self.branches, self.hasIdentity, self.hasReLU) = (branches, hasIdentity, hasReLU)
        activations = branches.enumerated().map { index, layers in
            layers.dropLast(index == 0 ? 1 : 0).map { Tensor(batch, $0.output.stride) }
        }
        precondition(
            branches.allSatisfy { !$0[$0.count - 1].hasReLU && $0[0].input == input && $0[$0.count - 1].output == output })
        precondition(!hasIdentity || input == output)
    }

    /// The widest gradient within a branch: what its backward pass alternates between.
    private var widest: Int { parts.map(\.output.stride).max()! }

    func workspace(batch: Int) -> WorkspaceNeed {
        var need = parts.reduce(WorkspaceNeed()) { $0.union($1.workspace(batch: batch)) }
        need.nested = 2 * batch * widest + 2 * batch * input.stride + 64
        return need
    }

    func forward(_ x: Matrix, into y: Matrix, _ pass: Pass) {
        for (index, layers) in branches.enumerated() {
            let target = index == 0 ? y : view(activations[index][layers.count - 1], output, x.rows)
            run(layers, activations[index], x, into: target, pass)
            if index > 0 { y.add(target, pass.workers) }
        }
        if hasIdentity { y.add(x, pass.workers) }
        if hasReLU { y.relu(pass.workers) }
    }

    /// Calls `body` with each layer of each branch and what it read in the last forward pass over x.
    func eachRead(_ x: Matrix, _ body: (_ layer: any Layer, _ x: Matrix, _ branch: Int) -> Void) {
        for (branch, layers) in branches.enumerated() {
            for (index, layer) in layers.enumerated() {
                body(layer, index == 0 ? x : view(activations[branch][index - 1], layer.input, x.rows), branch)
            }
        }
    }

    private func run(_ layers: [any Layer], _ memory: [Tensor], _ x: Matrix, into y: Matrix, _ pass: Pass) {
        var read = x
        for (index, layer) in layers.enumerated() {
            let written = index == layers.count - 1 ? y : view(memory[index], layer.output, x.rows)
            layer.forward(read, into: written, pass)
            read = written
        }
    }

    func backward(_ x: Matrix, _ y: Matrix, _ dy: Matrix, into dx: InputGradient?, _ pass: Pass) {
        var nested = pass.workspace.nested
        let buffers = (nested.take(x.rows * widest), nested.take(x.rows * widest))
        let unwanted = nested.take(x.rows * input.stride), added = nested.take(x.rows * input.stride)
        let sum = dx?.dx ?? Matrix(base: unwanted, rows: x.rows, columns: input.count, stride: input.stride)
        for (index, layers) in branches.enumerated() {
            let written = index == 0 ? y : view(activations[index][layers.count - 1], output, x.rows)
            let target =
                index == 0 ? sum : Matrix(base: added, rows: x.rows, columns: input.count, stride: input.stride)
            back(layers, activations[index], x, written, dy, into: target, buffers, pass)
            if index > 0 { sum.add(target, pass.workers) }
        }
        if hasIdentity { sum.add(dy, pass.workers) }
        dx?.mask(by: x, pass.workers)
    }

    /// The backward pass of a chain, from dy to dx.
    private func back(
        _ layers: [any Layer], _ memory: [Tensor], _ x: Matrix, _ y: Matrix, _ dy: Matrix, into dx: Matrix,
        _ buffers: (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>), _ pass: Pass
    ) {
        var gradient = dy
        for index in layers.indices.reversed() {
            let layer = layers[index]
            let read = index == 0 ? x : view(memory[index - 1], layer.input, x.rows)
            let written = index == layers.count - 1 ? y : view(memory[index], layer.output, x.rows)
            if index == 0 {
                layer.backward(read, written, gradient, into: InputGradient(dx), pass)
            } else {
                let next = Matrix(
                    base: index % 2 == 0 ? buffers.0 : buffers.1, rows: x.rows, columns: layer.input.count,
                    stride: layer.input.stride)
                layer.backward(read, written, gradient, into: InputGradient(next, isMasked: layers[index - 1].hasReLU), pass)
                gradient = next
            }
        }
    }

    private func view(_ tensor: Tensor, _ shape: Shape, _ rows: Int) -> Matrix {
        Matrix(base: tensor.base, rows: rows, columns: shape.count, stride: shape.stride)
    }
}
