import Tensors

/// A fully connected layer in its place in a network.
struct LinearStage: Layer {
    let layer: any LinearLayer
    let hasReLU: Bool
    var input: Shape { .vector(layer.inputs) }
    var output: Shape { .vector(layer.outputs) }
    var bias: Parameter? { layer.bias }

    func workspace(batch: Int) -> WorkspaceNeed { layer.workspace(batch: batch) }

    func forward(_ x: Matrix, into y: Matrix, _ pass: Pass) {
        layer.forward(x, into: y, relu: hasReLU, pass.workspace)
    }

    func backward(_ x: Matrix, _ y: Matrix, _ dy: Matrix, into dx: InputGradient?, _ pass: Pass) {
        layer.backward(x, dy, into: dx, pass.workspace)
    }
}
