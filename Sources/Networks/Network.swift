import Tensors

/// A network and the memory of its passes, allocated once for the largest batch.
///
/// `Sendable` for the reason given at `Tensor`; one training loop uses a network at a time.
public final class Network: Sendable {
    /// Every trained tensor once, in a fixed order.
    public let parameters: [Parameter]
    /// The most rows of one pass.
    public let capacity: Int
    private let layers: [any LinearLayer]
    private let workspace: Workspace
    /// x₀ … x_L: what each layer reads, and last the logits.
    private let activations: [Tensor]
    /// dy and dx, by turns.
    private let gradients: [Tensor]
    private let crossEntropy: CrossEntropy

    public init(_ stack: LinearStack, capacity: Int, workers: Workers) {
        parameters = stack.parameters
        layers = stack.layers
        self.capacity = capacity
        let widths = [layers[0].inputs] + layers.map(\.outputs)
        activations = widths.map { Tensor(capacity, $0) }
        let widest = widths.dropFirst().max()!
        gradients = (0..<2).map { _ in Tensor(capacity * widest) }
        let need = layers.reduce(WorkspaceNeed()) { $0.union($1.workspace(batch: capacity)) }
        workspace = Workspace(workers, need)
        crossEntropy = CrossEntropy(batch: capacity)
    }

    public var workers: Workers { workspace.workers }
    public var features: Int { layers[0].inputs }

    /// The first `rows` rows of the input (B, n₀): the caller writes the batch here.
    public func input(_ rows: Int) -> Matrix { activations[0].matrix[rows: 0..<rows] }

    /// Logits (B, classes) of the batch in `input`.
    @discardableResult
    public func forward(_ rows: Int) -> Matrix {
        for (index, layer) in layers.enumerated() {
            layer.forward(
                activations[index].matrix[rows: 0..<rows], into: activations[index + 1].matrix[rows: 0..<rows],
                relu: hasReLU(index), workspace)
        }
        return activations[layers.count].matrix[rows: 0..<rows]
    }

    /// Scores the batch in `input` without training on it.
    public func evaluate(_ rows: Int, labels: UnsafePointer<UInt8>) -> Score {
        crossEntropy.score(forward(rows), labels, workers)
    }

    /// Forward and backward over the batch in `input`: afterwards every parameter's gradient is that of the mean loss.
    public func gradient(_ rows: Int, labels: UnsafePointer<UInt8>) -> Score {
        let logits = forward(rows)
        let score = crossEntropy.score(logits, labels, gradient: gradientOfOutput(layers.count - 1, rows), workers)
        for parameter in parameters where parameter.isShared { parameter.gradient.clear() }
        inputGradient(layers.count, rows).finish(workers)
        for (index, layer) in layers.enumerated().reversed() {
            layer.backward(
                activations[index].matrix[rows: 0..<rows], gradientOfOutput(index, rows),
                into: index == 0 ? nil : inputGradient(index, rows), workspace)
        }
        return score
    }

    /// The gradient of what layer `index` reads: of the layer below it, that is, before its ReLU.
    private func inputGradient(_ index: Int, _ rows: Int) -> InputGradient {
        InputGradient(
            gradientOfOutput(index - 1, rows), through: activations[index].matrix[rows: 0..<rows], relu: hasReLU(index - 1),
            bias: layers[index - 1].bias)
    }

    /// ReLU after every layer but the last.
    private func hasReLU(_ layer: Int) -> Bool { layer < layers.count - 1 }

    private func gradientOfOutput(_ layer: Int, _ rows: Int) -> Matrix {
        let width = layers[layer].outputs
        return Matrix(base: gradients[layer % 2].base, rows: rows, columns: width, stride: width)
    }
}
