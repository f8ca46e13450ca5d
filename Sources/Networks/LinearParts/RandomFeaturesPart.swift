import Tensors

/// A fully connected layer without a bias whose weights are drawn once and never trained.
struct FixedLayer: LinearLayer {
    /// (m, n), as PyTorch stores it.
    let weight: Parameter
    /// Zero: nothing updates it.
    let bias: Parameter
    var inputs: Int { weight.value.shape[1] }
    var outputs: Int { weight.value.shape[0] }

    func workspace(batch: Int) -> WorkspaceNeed { WorkspaceNeed() }

    func forward(_ x: Matrix, into y: Matrix, relu: Bool, _ workspace: Workspace) {
        gemm(.plain(x), .transposed(weight.value.matrix), into: y, workspace.workers, then: relu ? .relu : .none)
    }

    func backward(_ x: Matrix, _ dy: Matrix, into dx: InputGradient?, _ workspace: Workspace) {
        guard let dx else { return }
        gemm(.plain(dy), .plain(weight.value.matrix), into: dx.dx, workspace.workers, then: dx.epilogue(x))
    }

    func expand(_ outputs: Range<Int>, into weight: Matrix) {
        for (row, output) in outputs.enumerated() {
            weight.row(row).update(from: self.weight.value.matrix.row(output), count: inputs)
        }
    }
}

extension LinearPart {
    /// Each layer as y = ReLU(x·Ω)·V + b over d random features, Ω (n, d) fixed and V (d, m) trained: a kernel approximated by random
    /// features, as in scalable neural network kernels (Sehanobish et al., ICLR 2024).
    ///
    /// It is two layers, of which the first is not trained. Ω is uniform with variance 2/n, which keeps the size of what passes through
    /// ReLU; V and b are uniform in ±1/√d, as a dense layer's.
    public static let randomFeatures = LinearPart(name: "random_features") { shape in
        var layers: [any LinearLayer] = [], parameters: [Parameter] = [], constants: [Parameter] = []
        for (index, inputs, outputs) in shape.layers {
            let features = Parameter("random.\(index)", [shape.d, inputs], isTrained: false)
            features.initialise(seed: shape.seed, bound: (6 / Double(inputs)).squareRoot())
            let layer = DenseLayer(
                weight: Parameter("weights.\(index)", [outputs, shape.d]), bias: Parameter("biases.\(index + 1)", [outputs]))
            for parameter in [layer.weight, layer.bias] {
                parameter.initialise(seed: shape.seed, bound: 1 / Double(shape.d).squareRoot())
            }
            layers += [FixedLayer(weight: features, bias: Parameter("random.\(index).bias", [shape.d])), layer]
            parameters += [layer.weight, layer.bias]
            constants.append(features)
        }
        return LinearStack(layers: layers, parameters: parameters, constants: constants, layersOfMap: 2)
    }
}
