import Foundation
import Specs
import Tensors

/// The network that makes the weights of all layers of a neural field (Yang, Wang et al., "Neural Metamorphosis", 2024): from the place
/// of a block of W to its s² weights, through two hidden layers of d values each.
///
///     h₁ = ReLU(e·A₁ + a₁),   h₂ = ReLU(h₁·A₂ + a₂),   block = (h₂·A₃ + a₃) / √n
///
/// e has the block's place (p, q, l), its output rows, input columns and layer each as a fraction in (0, 1), sines and cosines of 1, 2, 4
/// and 8 half turns of each, and the logarithms of n and m.
struct WeightField: Sendable {
    /// (out, in), as PyTorch stores them.
    let weights: [Parameter]
    let biases: [Parameter]
    var width: Int { biases[0].value.count }
    var parameters: [Parameter] { zip(weights, biases).flatMap { [$0, $1] } }

    init(width: Int, seed: UInt64) {
        let widths = [NeuralFieldSize.encoding, width, width, NeuralFieldSize.block]
        weights = (0..<3).map { Parameter("field_weights.\($0)", [widths[$0 + 1], widths[$0]], isShared: true) }
        biases = (0..<3).map { Parameter("field_biases.\($0)", [widths[$0 + 1]], isShared: true) }
        // The first two keep the size of what passes (He et al. 2015). The mean square of an encoding is near a half, so the last one
        // begins with weights of a dense layer's variance, 1/(3n).
        let bounds = [6 / Double(widths[0]), 6 / Double(width), 2 / Double(width)].map { $0.squareRoot() }
        for (parameter, bound) in zip(weights, bounds) { parameter.initialise(seed: seed, bound: bound) }
    }

    /// The rows of e (blocks, encoding) of a layer.
    func encodings(layer: Int, of layers: Int, inputs: Int, outputs: Int) -> Tensor {
        let down = NeuralFieldSize.blocks(outputs), across = NeuralFieldSize.blocks(inputs)
        let encoded = Tensor(down * across, NeuralFieldSize.encoding)
        for p in 0..<down {
            for q in 0..<across {
                let place = [
                    (Double(p) + 0.5) / Double(down), (Double(q) + 0.5) / Double(across), (Double(layer) + 0.5) / Double(layers),
                ]
                let waves = place.flatMap { fraction in
                    (0..<NeuralFieldSize.octaves).flatMap { octave -> [Double] in
                        let angle = fraction * Double.pi * Double(1 << octave)
                        return [sin(angle), cos(angle)]
                    }
                }
                let sizes = [log2(Double(inputs)) / 16, log2(Double(outputs)) / 16]
                let row = encoded.matrix.row(p * across + q)
                for (index, value) in (place + waves + sizes).enumerated() { row[index] = Float(value) }
            }
        }
        return encoded
    }
}

/// One layer's weights by a field that all layers share. The hidden values are computed again in the backward pass: nothing but W is
/// kept from the forward pass.
struct FieldGenerator: WeightGenerator {
    let field: WeightField
    let inputs: Int
    let outputs: Int
    private let encoded: Tensor
    private var blocks: Int { encoded.shape[0] }

    init(_ field: WeightField, layer: Int, of layers: Int, inputs: Int, outputs: Int) {
        (self.field, self.inputs, self.outputs) = (field, inputs, outputs)
        encoded = field.encodings(layer: layer, of: layers, inputs: inputs, outputs: outputs)
    }

    private var scale: Float { 1 / Float(inputs).squareRoot() }

    var workspace: WorkspaceNeed {
        let (width, block) = (field.width, NeuralFieldSize.block)
        let hidden = ScratchCursor.floats(blocks, width), made = ScratchCursor.floats(blocks, block)
        let largest = max(ScratchCursor.floats(width, block), ScratchCursor.floats(max(width, NeuralFieldSize.encoding), width))
        let sums = Matrix.sumScratch(rows: blocks, columns: max(width, block))
        return WorkspaceNeed(shared: 4 * hidden + made + largest + block + width + sums + 64)
    }

    func generate(into weight: Matrix, _ workspace: Workspace) {
        var shared = workspace.shared
        let first = shared.take(blocks, field.width), second = shared.take(blocks, field.width)
        hidden(first, second, workspace.workers)
        let made = shared.take(blocks, NeuralFieldSize.block)
        gemm(
            .plain(second), .transposed(field.weights[2].value.matrix), into: made, initial: field.biases[2].initialValue,
            workspace.workers)
        let scale = self.scale
        forEachBlockRow(workspace.workers) { block, row, output, columns in
            let (target, source) = (weight.row(output) + columns.lowerBound, made.row(block) + row * NeuralFieldSize.side)
            for column in 0..<columns.count { target[column] = source[column] * scale }
        }
    }

    func backward(_ gradient: Matrix, _ workspace: Workspace) {
        var shared = workspace.shared
        let workers = workspace.workers, width = field.width
        let first = shared.take(blocks, width), second = shared.take(blocks, width)
        hidden(first, second, workers)
        let made = shared.take(blocks, NeuralFieldSize.block), scale = self.scale
        // Weights beyond the matrix's edge have no gradient.
        made.clear()
        forEachBlockRow(workers) { block, row, output, columns in
            let (source, target) = (gradient.row(output) + columns.lowerBound, made.row(block) + row * NeuralFieldSize.side)
            for column in 0..<columns.count { target[column] = source[column] * scale }
        }
        let dSecond = shared.take(blocks, width), dFirst = shared.take(blocks, width)
        add(.transposed(made), .plain(second), to: field.weights[2], shared, workers)
        sum(made, into: field.biases[2], shared, workers)
        gemm(.plain(made), .plain(field.weights[2].value.matrix), into: dSecond, workers, then: .mask(second))
        add(.transposed(dSecond), .plain(first), to: field.weights[1], shared, workers)
        sum(dSecond, into: field.biases[1], shared, workers)
        gemm(.plain(dSecond), .plain(field.weights[1].value.matrix), into: dFirst, workers, then: .mask(first))
        add(.transposed(dFirst), .plain(encoded.matrix), to: field.weights[0], shared, workers)
        sum(dFirst, into: field.biases[0], shared, workers)
    }

    private func hidden(_ first: Matrix, _ second: Matrix, _ workers: Workers) {
        gemm(
            .plain(encoded.matrix), .transposed(field.weights[0].value.matrix), into: first,
            initial: field.biases[0].initialValue,
            workers, then: .relu)
        gemm(
            .plain(first), .transposed(field.weights[1].value.matrix), into: second, initial: field.biases[1].initialValue,
            workers,
            then: .relu)
    }

    /// Adds a product to a parameter's gradient.
    private func add(_ a: Operand, _ b: Operand, to parameter: Parameter, _ shared: ScratchCursor, _ workers: Workers) {
        var shared = shared
        let product = shared.take(parameter.value.shape[0], parameter.value.shape[1])
        gemm(a, b, into: product, workers)
        parameter.gradient.add(product.base, count: parameter.gradient.count)
    }

    private func sum(_ rows: Matrix, into parameter: Parameter, _ shared: ScratchCursor, _ workers: Workers) {
        var shared = shared
        let sums = shared.take(parameter.value.count)
        rows.columnSums(into: sums, scratch: shared.take(Matrix.sumScratch(rows: rows.rows, columns: rows.columns)), workers)
        parameter.gradient.add(sums, count: parameter.gradient.count)
    }

    /// Calls `body` with every row of every block that lies in W: the output's index and the range of inputs.
    private func forEachBlockRow(
        _ workers: Workers, _ body: @Sendable (_ block: Int, _ row: Int, _ output: Int, _ columns: Range<Int>) -> Void
    ) {
        let across = NeuralFieldSize.blocks(inputs), side = NeuralFieldSize.side
        workers.forEach(NeuralFieldSize.blocks(outputs)) { p, _ in
            for output in p * side..<min(outputs, (p + 1) * side) {
                for q in 0..<across {
                    body(p * across + q, output - p * side, output, q * side..<min(inputs, (q + 1) * side))
                }
            }
        }
    }
}

extension LinearPart {
    /// All weights by one network of width d; a bias for each neuron, uniform in ±1/√n.
    public static let neuralField = LinearPart(name: "neural_field") { shape in
        let field = WeightField(width: shape.d, seed: shape.seed), count = shape.layers.count
        let layers = shape.layers.map { index, inputs, outputs in
            let bias = Parameter("biases.\(index + 1)", [outputs])
            bias.initialise(seed: shape.seed, bound: 1 / Double(inputs).squareRoot())
            return GeneratedLayer(
                FieldGenerator(field, layer: index, of: count, inputs: inputs, outputs: outputs), bias: bias)
        }
        return LinearStack(layers: layers, parameters: field.parameters + layers.map(\.bias))
    }
}
