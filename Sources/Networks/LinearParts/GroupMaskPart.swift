import Tensors

/// A fully connected layer of which each output neuron reads only some inputs: y = x·(W ⊙ M)ᵀ + b, M of zeros and ones.
///
/// At the beginning of each epoch but the first, every neuron gives up the tenth of its connections with the smallest weights and takes as
/// many new ones, with weight 0: from the inputs whose activations over the batch correlate most with its own.
struct GroupMaskLayer: LinearLayer {
    /// (m, n), as PyTorch stores it: 0 where the mask is.
    let weight: Parameter
    let mask: Parameter
    let bias: Parameter
    var inputs: Int { weight.value.shape[1] }
    var outputs: Int { weight.value.shape[0] }

    /// The share of a neuron's connections that an epoch replaces; at least one.
    static let replaced = 0.1

    func workspace(batch: Int) -> WorkspaceNeed {
        WorkspaceNeed(shared: ScratchCursor.floats(outputs, inputs) + 2 * ScratchCursor.floats(inputs + outputs, 1) + 32)
    }

    func forward(_ x: Matrix, into y: Matrix, relu: Bool, _ workspace: Workspace) {
        // An optimizer may have moved weights that the mask excludes, by noise on their gradients.
        weight.value.matrix.multiply(mask.value.matrix, workspace.workers)
        denseForward(x, weight.value.matrix, into: y, relu: relu, workspace)
    }

    func backward(_ x: Matrix, _ dy: Matrix, into dx: InputGradient?, _ workspace: Workspace) {
        let gradient = weight.gradient.matrix
        denseBackward(x, dy, weight.value.matrix, gradient: gradient, into: dx, workspace)
        gradient.multiply(mask.value.matrix, workspace.workers)
    }

    func rewire(_ x: Matrix, _ y: Matrix, _ workspace: Workspace) {
        var shared = workspace.shared
        let products = shared.take(outputs, inputs)
        let ofInputs = Moments(shared.take(inputs), shared.take(inputs), x)
        let ofOutputs = Moments(shared.take(outputs), shared.take(outputs), y)
        gemm(.transposed(y), .plain(x), into: products, workspace.workers)
        let rows = Float(x.rows), weights = weight.value.matrix, masks = mask.value.matrix
        let tiles = Tiling(outputs, by: 16)
        workspace.workers.forEach(tiles.count) { tile, _ in
            for k in tiles[tile] {
                let (weight, mask, product) = (weights.row(k), masks.row(k), products.row(k))
                for j in 0..<inputs {
                    let covariance = product[j] / rows - ofInputs.mean.base[j] * ofOutputs.mean.base[k]
                    let deviations = ofInputs.deviation.base[j] * ofOutputs.deviation.base[k]
                    product[j] = deviations > 0 ? abs(covariance / deviations) : 0
                }
                Self.replace(weight, mask, product, count: inputs)
            }
        }
    }

    /// Exchanges a neuron's weakest connections for those of the highest scores. Between equals the first ones count.
    private static func replace(
        _ weight: UnsafeMutablePointer<Float>, _ mask: UnsafeMutablePointer<Float>, _ score: UnsafeMutablePointer<Float>,
        count: Int
    ) {
        let active = (0..<count).filter { mask[$0] > 0 }, free = (0..<count).filter { mask[$0] == 0 }
        let number = min(free.count, max(1, Int(replaced * Double(active.count))))
        guard number > 0, active.count > number else { return }
        let weakest = active.sorted { (abs(weight[$0]), $0) < (abs(weight[$1]), $1) }.prefix(number)
        let wanted = free.sorted { (-score[$0], $0) < (-score[$1], $1) }.prefix(number)
        for index in weakest { (weight[index], mask[index]) = (0, 0) }
        for index in wanted { (weight[index], mask[index]) = (0, 1) }
    }

    /// The mean and the standard deviation of each column.
    private struct Moments {
        let mean: Channels
        let deviation: Channels

        init(_ mean: UnsafeMutablePointer<Float>, _ deviation: UnsafeMutablePointer<Float>, _ matrix: Matrix) {
            for column in 0..<matrix.columns {
                var (sum, squares) = (0.0, 0.0)
                for row in 0..<matrix.rows {
                    let value = Double(matrix.row(row)[column])
                    sum += value
                    squares += value * value
                }
                let average = sum / Double(matrix.rows)
                mean[column] = Float(average)
                deviation[column] = Float(max(0, squares / Double(matrix.rows) - average * average).squareRoot())
            }
            (self.mean, self.deviation) = (Channels(mean), Channels(deviation))
        }
    }

    func expand(_ outputs: Range<Int>, into weight: Matrix) {
        for (row, output) in outputs.enumerated() {
            let (from, mask, to) = (self.weight.value.matrix.row(output), self.mask.value.matrix.row(output), weight.row(row))
            for index in 0..<inputs { to[index] = from[index] * mask[index] }
        }
    }
}

extension LinearPart {
    /// Sparse layers between groups of neurons (G2GNet): each layer's neurons are eight groups, and each neuron reads d inputs, half of
    /// them from the group of its own number, the others from all groups. Weights are uniform in ±1/√d, biases likewise.
    public static let groupMask = LinearPart(name: "group_mask") { shape in
        let layers = shape.layers.map { index, inputs, outputs in
            let layer = GroupMaskLayer(
                weight: Parameter("weights.\(index)", [outputs, inputs]),
                mask: Parameter("masks.\(index)", [outputs, inputs], isTrained: false, isMask: true),
                bias: Parameter("biases.\(index + 1)", [outputs]))
            let fanIn = min(shape.d, inputs), bound = 1 / Double(fanIn).squareRoot()
            layer.weight.initialise(seed: shape.seed, bound: bound)
            layer.bias.initialise(seed: shape.seed, bound: bound)
            let groups = 8, stream = RandomStream(seed: shape.seed, purpose: "mask/\(index)")
            for output in 0..<outputs {
                let group = output * groups / outputs
                let own = (group * inputs / groups)..<((group + 1) * inputs / groups)
                // The inputs in a random order, those of the neuron's own group for the first half.
                let keys = (0..<inputs).map { stream.bits(output * inputs + $0) }
                let order = (0..<inputs).sorted { (keys[$0], $0) < (keys[$1], $1) }
                let near = order.filter(own.contains).prefix((fanIn + 1) / 2)
                let far = order.filter { !near.contains($0) }.prefix(fanIn - near.count)
                let row = layer.mask.value.matrix.row(output)
                for input in near + far { row[input] = 1 }
            }
            layer.weight.value.matrix.multiply(layer.mask.value.matrix, Workers(threads: 1))
            return layer
        }
        return LinearStack(layers: layers, parameters: layers.flatMap { [$0.weight, $0.mask, $0.bias] })
    }
}
