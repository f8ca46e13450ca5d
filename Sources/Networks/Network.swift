import Specs
import Tensors

/// A network and the memory of its passes, allocated once for the largest batch.
///
/// `Sendable` for the reason given at `Tensor`; one training loop uses a network at a time.
public final class Network: Sendable {
    /// Every trained tensor once, in a fixed order.
    public let parameters: [Parameter]
    /// The most rows of one pass.
    public let capacity: Int
    private let layers: [any Layer]
    private let workspace: Workspace
    /// The input of each layer, and last the logits.
    private let activations: [Tensor]
    /// dy and dx, alternating.
    private let gradients: [Tensor]
    private let crossEntropy: CrossEntropy
    private let labelSmoothing: Double
    private let mixup: Mixup?

    /// - Parameters:
    ///   - labelSmoothing: in training; evaluations have none.
    ///   - mixup: in training likewise.
    public init(_ plan: NetworkPlan, capacity: Int, labelSmoothing: Double = 0, mixup: Mixup? = nil, workers: Workers) {
        self.mixup = mixup
        self.labelSmoothing = labelSmoothing
        parameters = plan.parameters
        layers = plan.layers
        self.capacity = capacity
        let shapes = [layers[0].input] + layers.map(\.output)
        activations = shapes.map { Tensor(capacity, $0.stride) }
        let widest = shapes.dropFirst().map(\.stride).max()!
        gradients = (0..<2).map { _ in Tensor(capacity, widest) }
        let need = layers.reduce(WorkspaceNeed()) { $0.union($1.workspace(batch: capacity)) }
        workspace = Workspace(workers, need)
        crossEntropy = CrossEntropy(batch: capacity, unlabelled: plan.readsGraph ? DatasetName.unlabelled : nil)
    }

    public var workers: Workers { workspace.workers }
    /// What the network reads of one image.
    public var inputShape: Shape { layers[0].input }
    public var features: Int { inputShape.count }

    /// The first `rows` rows of the input (B, n₀), images as (y, x, channel): the caller writes the batch here.
    public func input(_ rows: Int) -> Matrix { activation(0, rows) }

    /// Logits (B, classes) of the batch in `input`; given a place in the training, as in training (dropout).
    @discardableResult
    public func forward(_ rows: Int, at place: BatchPlace? = nil) -> Matrix {
        let pass = Pass(workspace: workspace, place: place)
        for index in layers.indices { layers[index].forward(activation(index, rows), into: activation(index + 1, rows), pass) }
        return activation(layers.count, rows)
    }

    /// Scores the batch in `input` without training on it.
    public func evaluate(_ rows: Int, labels: UnsafePointer<UInt8>) -> Score {
        crossEntropy.score(forward(rows), labels, workers)
    }

    /// Forward and backward over the batch in `input`, which mixup changes: afterwards every parameter's gradient is that of the mean loss.
    public func gradient(_ rows: Int, labels: UnsafePointer<UInt8>, at place: BatchPlace = BatchPlace()) -> Score {
        let mixture = mixup?.share(at: place) ?? 0
        if mixture > 0 { input(rows).mixWithReverse(share: Float(mixture), workers) }
        let logits = forward(rows, at: place)
        let pass = Pass(workspace: workspace, place: place)
        let dLogits = gradientOfOutput(layers.count - 1, rows)
        let score = crossEntropy.score(logits, labels, gradient: dLogits, smoothing: labelSmoothing, mixture: mixture, workers)
        for parameter in parameters where parameter.isShared { parameter.gradient.clear() }
        for index in layers.indices.reversed() {
            layers[index].backward(
                activation(index, rows), activation(index + 1, rows), gradientOfOutput(index, rows),
                into: index == 0 ? nil : inputGradient(index, rows), pass)
        }
        return score
    }

    /// Calls `body` with each layer and what it read in the last forward pass of so many rows.
    func forEachLayer(_ rows: Int, _ body: (any Layer, Matrix) -> Void) {
        for index in layers.indices { body(layers[index], activation(index, rows)) }
    }

    /// What layer `index` reads; the logits after the last.
    private func activation(_ index: Int, _ rows: Int) -> Matrix {
        view(activations[index], index == 0 ? inputShape : layers[index - 1].output, rows)
    }

    /// The gradient of what layer `index` reads: of the layer below, before its ReLU.
    private func inputGradient(_ index: Int, _ rows: Int) -> InputGradient {
        InputGradient(gradientOfOutput(index - 1, rows), isMasked: layers[index - 1].hasReLU)
    }

    private func gradientOfOutput(_ layer: Int, _ rows: Int) -> Matrix { view(gradients[layer % 2], layers[layer].output, rows) }

    private func view(_ tensor: Tensor, _ shape: Shape, _ rows: Int) -> Matrix {
        Matrix(base: tensor.base, rows: rows, columns: shape.count, stride: shape.stride)
    }
}
