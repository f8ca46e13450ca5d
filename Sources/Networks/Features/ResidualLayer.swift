import Specs
import Tensors

/// A residual block (He, Zhang, Ren and Sun 2016): y = ReLU(main(x) + shortcut(x)), both chains of layers, and without a shortcut of its
/// own y = ReLU(main(x) + x).
///
/// The last layer of each chain is without ReLU, and must not need its output in its backward pass, which is added to: a batch norm does
/// not.
struct ResidualLayer: Layer {
    let main: [any Layer]
    let shortcut: [any Layer]
    let hasReLU = true
    /// The outputs of the chains' layers, but not of the main chain's last one, which is y.
    private let activations: (main: [Tensor], shortcut: [Tensor])
    var input: Shape { main[0].input }
    var output: Shape { main[main.count - 1].output }
    /// In forward order, of both chains.
    var layers: [any Layer] { main + shortcut }
    var parts: [any Layer] { layers }

    /// - Parameter batch: the most images of a pass.
    init(main: [any Layer], shortcut: [any Layer], batch: Int) {
        (self.main, self.shortcut) = (main, shortcut)
        let memory = { (layers: [any Layer]) in layers.map { Tensor(batch, $0.output.stride) } }
        activations = (memory(Array(main.dropLast())), memory(shortcut))
        precondition(!shortcut.isEmpty || main[0].input == main[main.count - 1].output)
    }

    /// The widest gradient within the block: what a chain's backward pass alternates between.
    private var widest: Int { layers.map(\.output.stride).max()! }

    func workspace(batch: Int) -> WorkspaceNeed {
        var need = layers.reduce(WorkspaceNeed()) { $0.union($1.workspace(batch: batch)) }
        need.nested = 2 * batch * widest + batch * input.stride + 48
        return need
    }

    func forward(_ x: Matrix, into y: Matrix, _ pass: Pass) {
        run(main, activations.main, x, into: y, pass)
        if shortcut.isEmpty {
            y.add(x, pass.workers)
        } else {
            let last = view(activations.shortcut[shortcut.count - 1], output, x.rows)
            run(shortcut, activations.shortcut, x, into: last, pass)
            y.add(last, pass.workers)
        }
        y.relu(pass.workers)
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
        let buffers = (0..<2).map { _ in nested.take(x.rows * widest) }
        // The block is never a network's first layer, whose dx nobody wants: its own layers' gradients need it all the same.
        let target =
            dx?.dx ?? Matrix(base: nested.take(x.rows * input.stride), rows: x.rows, columns: input.count, stride: input.stride)
        back(main, activations.main, x, y, dy, into: target, buffers, pass)
        if shortcut.isEmpty {
            target.add(dy, pass.workers)
        } else {
            var rest = nested
            let added = Matrix(
                base: dx == nil ? rest.take(0) : rest.take(x.rows * input.stride), rows: x.rows, columns: input.count,
                stride: input.stride)
            back(
                shortcut, activations.shortcut, x, view(activations.shortcut[shortcut.count - 1], output, x.rows), dy,
                into: dx == nil ? nil : added, buffers, pass)
            if dx != nil { target.add(added, pass.workers) }
        }
        dx?.mask(by: x, pass.workers)
    }

    /// The backward pass of a chain, from dy to dx.
    private func back(
        _ layers: [any Layer], _ memory: [Tensor], _ x: Matrix, _ y: Matrix, _ dy: Matrix, into dx: Matrix?,
        _ buffers: [UnsafeMutablePointer<Float>], _ pass: Pass
    ) {
        var gradient = dy
        for index in layers.indices.reversed() {
            let layer = layers[index]
            let read = index == 0 ? x : view(memory[index - 1], layer.input, x.rows)
            let written = index == layers.count - 1 ? y : view(memory[index], layer.output, x.rows)
            if index == 0 {
                layer.backward(read, written, gradient, into: dx.map { InputGradient($0) }, pass)
            } else {
                let next = Matrix(
                    base: buffers[index % 2], rows: x.rows, columns: layer.input.count, stride: layer.input.stride)
                layer.backward(read, written, gradient, into: InputGradient(next, isMasked: layers[index - 1].hasReLU), pass)
                gradient = next
            }
        }
    }

    private func view(_ tensor: Tensor, _ shape: Shape, _ rows: Int) -> Matrix {
        Matrix(base: tensor.base, rows: rows, columns: shape.count, stride: shape.stride)
    }
}
