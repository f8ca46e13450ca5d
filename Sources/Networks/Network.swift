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
        activations = widths.map { Tensor(capacity, Matrix.stride(columns: $0)) }
        let widest = widths.dropFirst().map(Matrix.stride).max()!
        gradients = (0..<2).map { _ in Tensor(capacity, widest) }
        let need = layers.reduce(WorkspaceNeed()) { $0.union($1.workspace(batch: capacity)) }
        workspace = Workspace(workers, need)
        crossEntropy = CrossEntropy(batch: capacity)
    }

    public var workers: Workers { workspace.workers }
    public var features: Int { layers[0].inputs }

    /// The first `rows` rows of the input (B, n₀): the caller writes the batch here.
    public func input(_ rows: Int) -> Matrix { activation(0, rows) }

    /// Logits (B, classes) of the batch in `input`.
    @discardableResult
    public func forward(_ rows: Int) -> Matrix {
        for index in layers.indices {
            layers[index].forward(activation(index, rows), into: activation(index + 1, rows), relu: hasReLU(index), workspace)
        }
        return activation(layers.count, rows)
    }

    /// Scores the batch in `input` without training on it.
    public func evaluate(_ rows: Int, labels: UnsafePointer<UInt8>) -> Score {
        crossEntropy.score(forward(rows), labels, workers)
    }

    /// Forward and backward over the batch in `input`: afterwards every parameter's gradient is that of the mean loss.
    public func gradient(_ rows: Int, labels: UnsafePointer<UInt8>) -> Score {
        let logits = forward(rows)
        let dLogits = gradientOfOutput(layers.count - 1, rows)
        let score = crossEntropy.score(logits, labels, gradient: dLogits, workers)
        for parameter in parameters where parameter.isShared { parameter.gradient.clear() }
        dLogits.columnSums(into: layers[layers.count - 1].bias.gradient.base)
        for index in layers.indices.reversed() {
            layers[index].backward(
                activation(index, rows), gradientOfOutput(index, rows), into: index == 0 ? nil : inputGradient(index, rows),
                workspace)
        }
        return score
    }

    /// What layer `index` reads; the logits after the last.
    private func activation(_ index: Int, _ rows: Int) -> Matrix {
        Matrix(activations[index], rows: rows, columns: index == 0 ? features : layers[index - 1].outputs)
    }

    /// The gradient of what layer `index` reads: of the layer below it, that is, before its ReLU.
    private func inputGradient(_ index: Int, _ rows: Int) -> InputGradient {
        InputGradient(
            gradientOfOutput(index - 1, rows), output: hasReLU(index - 1) ? activation(index, rows) : nil,
            bias: layers[index - 1].bias)
    }

    /// ReLU after every layer but the last.
    private func hasReLU(_ layer: Int) -> Bool { layer < layers.count - 1 }

    private func gradientOfOutput(_ layer: Int, _ rows: Int) -> Matrix {
        Matrix(gradients[layer % 2], rows: rows, columns: layers[layer].outputs)
    }
}
