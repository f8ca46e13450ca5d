import Datasets
import Specs

/// A run's network as an ONNX graph, from images as their files have them to logits.
///
/// Images are resized and scaled by the same float32 operations as in training, so that the first layer reads the same bits. Dropout
/// does nothing outside of training, and is left out.
struct ONNXGraph {
    /// Raw pixels 0…255, (batch, channel, y, x); of a graph, features (node, feature) and Â (node, node).
    let inputs: [ONNXValue]
    /// (batch, classes)
    let output: ONNXValue
    private(set) var nodes: [ONNXNode] = []
    private(set) var constants: [ONNXTensor] = []
    /// Of the weights.
    private let names: Set<String>

    /// - Parameters:
    ///   - weights: every layer as a dense one, with the names of `WeightExport`.
    init(_ settings: Settings, _ scale: PixelScale, weights: [PortableTensor]) {
        let dataset = settings.dataset
        let isGraph = settings.architecture.readsGraph, rows = ONNXValue.Side.rows(isGraph ? "nodes" : "batch")
        let note = "as \(dataset.displayName) has them"
        if isGraph {
            inputs = [
                ONNXValue(name: "nodes", sides: [rows, .fixed(dataset.channels)], note: "features 0…255, \(note)"),
                ONNXValue(name: "adjacency", sides: [rows, rows], note: "D^-1/2 (A + I) D^-1/2, D the row sums of A + I"),
            ]
        } else {
            let sides = [dataset.channels, dataset.side, dataset.side].map(ONNXValue.Side.fixed)
            inputs = [ONNXValue(name: "images", sides: [rows] + sides, note: "pixels 0…255, \(note)")]
        }
        output = ONNXValue(name: "logits", sides: [rows, .fixed(dataset.classes)], note: "one for each class, before softmax")
        constants = weights.map(ONNXTensor.init)
        names = Set(weights.map(\.name))
        var x = inputs[0].name
        if !isGraph { x = resized(x, from: dataset.side, to: settings.inputSides.height) }
        x = scaled(x, scale, sides: isGraph ? [] : [1, 1])
        var (convolutions, blocks) = (0, 0)
        for part in settings.featureSides {
            x = feature(x, part.layer, part.input, convolution: convolutions, block: blocks)
            switch part.layer {
            case .convolution, .normalisedConvolution: convolutions += 1
            case .residual: blocks += 1
            case .maxPool, .globalMaxPool, .averagePool: break
            }
        }
        if !isGraph { x = node("Flatten", [x], ["axis": .integer(1)]) }
        let layers = weights.count { $0.name.wholeMatch(of: #/(linear\.\d+|conv\d+\.lin)\.weight/#) != nil }
        x = linear(x, settings, maps: settings.layerWidths.count - 1, layers: layers)
        nodes[nodes.count - 1].output = output.name
    }

    /// Adds a node and returns its output's name.
    private mutating func node(
        _ operation: String, _ inputs: [String], _ attributes: KeyValuePairs<String, ONNXNode.Attribute> = [:]
    ) -> String {
        let output = "\(operation.lowercased()).\(nodes.count)"
        nodes.append(ONNXNode(operation: operation, inputs: inputs, output: output, attributes: attributes))
        return output
    }

    private mutating func constant(_ name: String, _ shape: [Int], _ floats: [Float]) -> String {
        constants.append(ONNXTensor(name, shape, floats: floats))
        return name
    }

    private mutating func constant(_ name: String, indices: [Int]) -> String {
        constants.append(ONNXTensor(name, indices: indices))
        return name
    }

    /// As `ImageSet.halved` and `Resampling` do, rounded to whole grey levels, halves to even.
    private mutating func resized(_ x: String, from side: Int, to target: Int) -> String {
        if side == target { return x }
        if side == 2 * target {
            let mean = node("AveragePool", [x], ["kernel_shape": .integers([2, 2]), "strides": .integers([2, 2])])
            return node("Round", [mean])
        }
        // ONNX's own Resize leaves open in which order it sums, on which the rounding of a half depends.
        let taps = Resampling(from: side, to: target).taps
        let first = constant("resize.first", indices: taps.first), second = constant("resize.second", indices: taps.second)
        var y = x
        for (axis, name, shape) in [(3, "resize.columns", [target]), (2, "resize.rows", [target, 1])] {
            let share = constant(name, shape, taps.share)
            let from = node("Gather", [y, first], ["axis": .integer(axis)])
            let to = node("Gather", [y, second], ["axis": .integer(axis)])
            let difference = node("Sub", [to, from])
            y = node("Add", [from, node("Mul", [difference, share])])
        }
        return node("Round", [y])
    }

    private mutating func scaled(_ x: String, _ scale: PixelScale, sides: [Int]) -> String {
        if scale.scale.allSatisfy({ $0 == 1 }), scale.offset.allSatisfy({ $0 == 0 }) { return x }
        let shape = [scale.scale.count] + sides
        let product = node("Mul", [x, constant("input.scale", shape, scale.scale)])
        return node("Add", [product, constant("input.offset", shape, scale.offset)])
    }

    /// The linear part, of so many maps from one width to the next, each of one layer or of several.
    private mutating func linear(_ x: String, _ settings: Settings, maps: Int, layers: Int) -> String {
        let last = maps - 1, size = layers / maps
        switch settings.structure {
        case .parallel where last > 1:
            let first = hidden(x, settings, 0, size)
            let sum = stride(from: 1, to: last, by: 2).reduce(first) { sum, index in
                node("Add", [sum, map(hidden(first, settings, index, size), settings, index + 1, size)])
            }
            return map(sum, settings, last, size)
        case .hourglass:
            var z = node("Gemm", [x, "linear.lift.weight"], ["transB": .integer(1)])
            for index in stride(from: 0, to: last, by: 2) {
                z = node("Add", [z, map(hidden(z, settings, index, size), settings, index + 1, size)])
            }
            return map(z, settings, last, size)
        default:
            var y = x
            for index in 0..<last { y = hidden(y, settings, index, size) }
            return map(y, settings, last, size)
        }
    }

    /// One map, of layers with ReLU between them.
    private mutating func map(_ x: String, _ settings: Settings, _ index: Int, _ size: Int) -> String {
        var y = inputs.count > 1 ? node("MatMul", [inputs[1].name, x]) : x
        for layer in index * size..<(index + 1) * size {
            if layer > index * size { y = node("Relu", [y]) }
            let names = ["weight", "bias"].map { settings.portableName("linear.\(layer).\($0)") }
            y = node("Gemm", [y] + names, ["transB": .integer(1)])
        }
        return y
    }

    /// A map with normalisation and an activation.
    private mutating func hidden(_ x: String, _ settings: Settings, _ index: Int, _ size: Int) -> String {
        var y = map(x, settings, index, size)
        if settings.normalise == .layer { y = normalised(y) }
        y = node("Relu", [y])
        return settings.activation == .polyReLU ? polynomial(y, "linear.activations.\(index)") : y
    }

    /// a₀ + r·(a₁ + r·(a₂ + r·a₃))
    private mutating func polynomial(_ r: String, _ name: String) -> String {
        let coefficients = (0..<4).map { index in
            node("Gather", [name, constant("\(name).\(index)", indices: [index])], ["axis": .integer(0)])
        }
        return coefficients.dropLast().reversed().reduce(coefficients[3]) { sum, coefficient in
            node("Add", [node("Mul", [r, sum]), coefficient])
        }
    }

    /// Each row to mean 0 and variance 1, as `NormaliseLayer` does.
    private mutating func normalised(_ x: String) -> String {
        let centred = node("Sub", [x, rowMean(x)])
        let variance = rowMean(node("Mul", [centred, centred]))
        let epsilon = constant("normalise.\(nodes.count).epsilon", [1], [1e-5])
        return node("Div", [centred, node("Sqrt", [node("Add", [variance, epsilon])])])
    }

    private mutating func rowMean(_ x: String) -> String {
        node("ReduceMean", [x], ["axes": .integers([1]), "keepdims": .integer(1)])
    }

    private mutating func feature(
        _ x: String, _ layer: FeatureLayer, _ input: Shape, convolution: Int, block: Int
    ) -> String {
        switch layer {
        case .convolution(_, let kernel, let stride, let padding):
            let name = "features.\(convolution)"
            return node("Relu", [convolved(x, name, kernel, stride, padding)])
        case .normalisedConvolution(_, let kernel, let stride, let padding):
            let name = "features.\(convolution)"
            return node("Relu", [batchNormalised(convolved(x, name, kernel, stride, padding), name + ".norm")])
        case .residual(_, let stride):
            let name = "features.blocks.\(block).", hasShortcut = layer.convolutions(input).count > 2
            let first = batchNormalised(convolved(x, name + "conv1", 3, stride, 1), name + "bn1")
            let second = batchNormalised(convolved(node("Relu", [first]), name + "conv2", 3, 1, 1), name + "bn2")
            let rest =
                hasShortcut
                ? batchNormalised(convolved(x, name + "downsample.0", 1, stride, 0), name + "downsample.1") : x
            return node("Relu", [node("Add", [second, rest])])
        case .maxPool(let kernel, let stride):
            return node(
                "MaxPool", [x], ["kernel_shape": .integers([kernel, kernel]), "strides": .integers([stride, stride])])
        case .globalMaxPool: return node("GlobalMaxPool", [x])
        case .averagePool(let side): return averagePool(x, side, input)
        }
    }

    /// With a bias where the weights have one.
    private mutating func convolved(_ x: String, _ name: String, _ kernel: Int, _ stride: Int, _ padding: Int) -> String {
        node(
            "Conv", [x, name + ".weight"] + [name + ".bias"].filter(names.contains),
            [
                "kernel_shape": .integers([kernel, kernel]), "strides": .integers([stride, stride]),
                "pads": .integers([padding, padding, padding, padding]),
            ])
    }

    /// With the running statistics, as in evaluation. ONNX's own ε is 10⁻⁵, too.
    private mutating func batchNormalised(_ x: String, _ name: String) -> String {
        node(
            "BatchNormalization", [x] + ["weight", "bias", "running_mean", "running_var"].map { "\(name).\($0)" })
    }

    /// ONNX has no adaptive pooling: windows of one size are its AveragePool, others a product with each window's shares.
    private mutating func averagePool(_ x: String, _ side: Int, _ input: Shape) -> String {
        if input.height == side, input.width == side { return x }
        if input.height % side == 0, input.width % side == 0 {
            let window = [input.height / side, input.width / side]
            return node("AveragePool", [x], ["kernel_shape": .integers(window), "strides": .integers(window)])
        }
        let shares = { (size: Int) -> [[Float]] in
            (0..<side).map { index in
                let window = index * size / side..<((index + 1) * size + side - 1) / side
                return (0..<size).map { window.contains($0) ? 1 / Float(window.count) : 0 }
            }
        }
        let rows = shares(input.height), columns = shares(input.width)
        let left = constant("pool.\(nodes.count).rows", [side, input.height], rows.flatMap(\.self))
        let transposed = (0..<input.width).flatMap { x in columns.map { $0[x] } }
        let right = constant("pool.\(nodes.count).columns", [input.width, side], transposed)
        return node("MatMul", [node("MatMul", [left, x]), right])
    }
}
